"""A practice Discord: REST v10, gateway v10 and signed interactions, for local runs and tests."""

from infra.practice.errors import ApiError
from infra.practice.intents import Intents
from infra.practice.interactions.endpoint import EndpointCheck
from infra.practice.interactions.options import NotSendableError
from infra.practice.interactions.outcome import Outcome
from infra.practice.permissions import Permission
from infra.practice.practice import Practice
from infra.practice.server import PracticeServer

__all__ = [
    "ApiError",
    "EndpointCheck",
    "Intents",
    "NotSendableError",
    "Outcome",
    "Permission",
    "Practice",
    "PracticeServer",
]
