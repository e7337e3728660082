"""Direct messages and the moderation log through Discord's REST API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from usher.contracts.wire import as_fields, read_snowflake
from usher.ids import ChannelId, UserId
from usher.moderation.discord_desk import part, understood
from usher.moderation.model import MessageRef
from usher.moderation.ports import ForbiddenError, MissingError
from usher.platform.discord_messages import Rest

LATEST: Final = 50
"""Messages of a channel that are looked through."""


@dataclass(frozen=True, slots=True)
class DiscordPost:
    """Implements moderation's Post."""

    rest: Rest

    def tell(self, user_id: UserId, body: Mapping[str, object], nonce: str) -> MessageRef | None:
        """Send a direct message; None where they take none."""
        try:
            return self._send(self._opened(user_id), body, nonce)
        except (ForbiddenError, MissingError):
            return None

    def told(self, user_id: UserId, mark: str) -> MessageRef | None:
        """Find a direct message of Usher's by the footer of its embed, among the latest."""
        try:
            return self._find(self._opened(user_id), mark)
        except (ForbiddenError, MissingError):
            return None

    def post(
        self, channel_id: ChannelId, body: Mapping[str, object], nonce: str
    ) -> MessageRef | None:
        """Post to a channel; None where it cannot be written to."""
        try:
            return self._send(channel_id, body, nonce)
        except (ForbiddenError, MissingError):
            return None

    def posted(self, channel_id: ChannelId, mark: str) -> MessageRef | None:
        """Find a message of Usher's by the footer of its embed, among the latest."""
        try:
            return self._find(channel_id, mark)
        except (ForbiddenError, MissingError):
            return None

    def edit(self, message: MessageRef, body: Mapping[str, object]) -> bool:
        """Edit a message of Usher's; False where it is gone or cannot be reached."""
        try:
            self._call("PATCH", _route(message), body)
        except (ForbiddenError, MissingError):
            return False
        return True

    def delete(self, message: MessageRef) -> None:
        """Delete a message of Usher's; one that is gone already is no error."""
        try:
            self._call("DELETE", _route(message), None)
        except MissingError:
            return

    def _opened(self, user_id: UserId) -> ChannelId:
        with understood():
            opened = self.rest.call("POST", "/users/@me/channels", {"recipient_id": user_id})
            return ChannelId(read_snowflake(as_fields(opened, "channel"), "id"))

    def _send(self, channel_id: ChannelId, body: Mapping[str, object], nonce: str) -> MessageRef:
        named = {**body, "nonce": nonce, "enforce_nonce": True}
        with understood():
            sent = self.rest.call("POST", f"/channels/{part(channel_id)}/messages", named)
            return MessageRef(channel_id, read_snowflake(as_fields(sent, "message"), "id"))

    def _find(self, channel_id: ChannelId, mark: str) -> MessageRef | None:
        route = f"/channels/{part(channel_id)}/messages?limit={LATEST}"
        with understood():
            rows = self.rest.call("GET", route)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and mark in _footers(row):
                return MessageRef(channel_id, str(row.get("id")))
        return None

    def _call(self, method: str, route: str, body: object) -> None:
        with understood():
            self.rest.call(method, route, body)


def _footers(message: Mapping[str, object]) -> list[object]:
    embeds = message.get("embeds")
    found = (
        [one.get("footer") for one in embeds if isinstance(one, dict)]
        if isinstance(embeds, list)
        else []
    )
    return [one.get("text") for one in found if isinstance(one, dict)]


def _route(message: MessageRef) -> str:
    return f"/channels/{part(message.channel_id)}/messages/{part(message.message_id)}"
