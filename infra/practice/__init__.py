"""A practice Discord: REST v10, gateway v10 and signed interactions, for local runs and tests."""

from infra.practice.errors import ApiError
from infra.practice.faults.faults import Faults
from infra.practice.gateway.terms import GatewayTerms
from infra.practice.intents import Intents
from infra.practice.interactions.endpoint import EndpointCheck
from infra.practice.interactions.outcome import Outcome
from infra.practice.interactions.resolving import NotSendableError
from infra.practice.permissions import Permission
from infra.practice.practice import Practice
from infra.practice.rest.limits import Quota, RateLimits
from infra.practice.server import PracticeServer

__all__ = [
    "ApiError",
    "EndpointCheck",
    "Faults",
    "GatewayTerms",
    "Intents",
    "NotSendableError",
    "Outcome",
    "Permission",
    "Practice",
    "PracticeServer",
    "Quota",
    "RateLimits",
]
