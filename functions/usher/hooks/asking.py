"""What the webhook commands ask, and how they find what an admin means."""

from typing import Final, Protocol

from usher.asking import Deeds
from usher.contracts.hook_event import SUBSCRIBED
from usher.hooks.managing import WebhookDesk
from usher.hooks.model import Endpoint, Health
from usher.hooks.ports import EndpointTable
from usher.hooks.targets import shown
from usher.slash import text
from usher.slash.commands import Group
from usher.slash.completing import Suggestion, Suggestions, Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.permissions import Permission
from usher.slash.say import say

SUGGESTED: Final = 25
LINE: Final = 100
"""Characters that Discord shows of a suggestion."""
ID: Final = 100
EVENTS: Final = 400

webhook = Group(
    "webhook",
    "Have your own programs told what happens",
    permissions=Permission.MANAGE_GUILD,
)


class FrontServices(Protocol):
    """What is called while an admin types."""

    @property
    def endpoints(self) -> EndpointTable:
        """Endpoints."""
        ...


class Services(Protocol):
    """What these commands call."""

    @property
    def webhooks(self) -> WebhookDesk:
        """Endpoints and their deliveries."""
        ...

    @property
    def deeds(self) -> Deeds:
        """What changes settings."""
        ...


def any_endpoint(typing: Typing[FrontServices]) -> Suggestions:
    """Suggest endpoints by a part of their address or description."""
    wanted = typing.typed.strip().casefold()
    found = [one for one, _ in typing.services.endpoints.endpoints(typing.guild_id)]
    return [_suggestion(one) for one in found if wanted in _named(one).casefold()][:SUGGESTED]


def any_events(typing: Typing[object]) -> Suggestions:
    """Suggest events to go on with, after those that were typed already."""
    *chosen, begun = typing.typed.replace(",", " ").split(" ") or [""]
    kept = [word for word in chosen if word]
    known = [kind.value for kind in SUBSCRIBED]
    rest = [word for word in ("all", *known) if word.startswith(begun) and word not in kept]
    lines = [" ".join((*kept, word)) for word in rest]
    return [(line, line) for line in lines if len(line) <= LINE][:SUGGESTED]


def find_endpoint(ctx: Ctx[Services], written: str) -> tuple[Endpoint, Health]:
    """Find an endpoint by its id or address; raises UserError."""
    wanted = written.strip()
    for endpoint, health in ctx.services.webhooks.endpoints.endpoints(ctx.guild_id):
        if wanted in (endpoint.id, endpoint.url):
            return endpoint, health
    raise UserError(
        say("I know no webhook {name} here. `/webhook list` shows them.", name=text.code(wanted))
    )


def _named(endpoint: Endpoint) -> str:
    return " · ".join(
        part for part in (shown(endpoint.url), endpoint.description, endpoint.id) if part
    )


def _suggestion(endpoint: Endpoint) -> Suggestion:
    return text.cut(_named(endpoint), LINE), endpoint.id
