"""Holding a new invite against the guild's policy (SPEC 2.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from usher.contracts.effect import CheckInvite, SendMessage
from usher.ids import ChannelId, RoleId
from usher.platform.discord_messages import Rest, send
from usher.platform.discord_rest import RefusedError
from usher.policy.rules import breaches
from usher.slash.say import say
from usher.slash.text import cut, escape

UNKNOWN_INVITE: Final = 10006
"""Discord's error code: it is revoked, used up or expired already."""
EXEMPT: Final = 1 << 3 | 1 << 5
"""Administrator and Manage Server: who sets the policy is above it."""
REASON: Final = "Against the server's invite policy: {why}"


@dataclass(frozen=True, slots=True)
class _Maker:
    guild_name: str
    role_name: str
    """Of the role that the policy asks for."""
    roles: frozenset[RoleId]
    exempt: bool
    """Bots are, Usher among them, and whoever may manage the server."""


@dataclass(frozen=True, slots=True)
class Policing:
    """Does `CheckInvite`. Twice has the effect of once: a revoked invite is told of again alike."""

    rest: Rest

    def check(self, order: CheckInvite) -> None:
        """Revoke an invite that breaks the policy, and say why; raises DiscordError.

        Joins by it that came before count as ever.
        """
        maker = self._maker(order)
        if maker.exempt:
            return
        active = self._active(order)
        found = breaches(order, maker.roles, maker.role_name, active)
        if not found:
            return
        why = ", and ".join(breaches(order, maker.roles, escape(maker.role_name), active))
        try:
            reason = REASON.format(why=", and ".join(found))
            self.rest.call("DELETE", f"/invites/{quote(order.code, safe='')}", reason=reason)
        except RefusedError as error:
            if error.code != UNKNOWN_INVITE:
                self._report(order, why)
                raise
        self._tell(order, maker.guild_name, why)

    def _maker(self, order: CheckInvite) -> _Maker:
        guild = _fields(self.rest.call("GET", f"/guilds/{order.guild_id}"))
        route = f"/guilds/{order.guild_id}/members/{order.user_id}"
        try:
            member = _fields(self.rest.call("GET", route))
        except RefusedError:  # gone already; their invite stays
            member = {}
        roles = frozenset(RoleId(str(one)) for one in _list(member.get("roles")))
        held, role_name = 0, say("that the server asks for")
        for role in map(_fields, _list(guild.get("roles"))):
            if role.get("id") in (*roles, order.guild_id):
                held |= int(str(role.get("permissions") or 0))
            if role.get("id") == order.role_id:
                role_name = str(role.get("name"))
        bot = _fields(member.get("user")).get("bot") is True
        owner = guild.get("owner_id") == order.user_id
        exempt = bot or owner or bool(held & EXEMPT)
        return _Maker(str(guild.get("name") or ""), role_name, roles, exempt)

    def _active(self, order: CheckInvite) -> int | None:
        """Count the maker's invites up to this one; None where nobody asks or Discord is silent.

        Those made later are not held against it: of several at once the first ones stay.
        """
        if order.most_active is None:
            return None
        try:
            invites = self.rest.call("GET", f"/guilds/{order.guild_id}/invites")
        except RefusedError:
            return None
        rows = [_fields(one) for one in _list(invites)]
        theirs = [row for row in rows if _fields(row.get("inviter")).get("id") == order.user_id]
        made = {str(row.get("code")): str(row.get("created_at")) for row in theirs}
        if order.code not in made:
            return None
        here = made[order.code], order.code
        return sum((created, code) <= here for code, created in made.items())

    def _tell(self, order: CheckInvite, guild: str, why: str) -> None:
        words = say("Your invite {code} is no longer valid: {why}.", code=_code(order), why=why)
        if guild:
            words = say(
                "Your invite {code} to **{server}** is no longer valid: {why}.",
                code=_code(order),
                server=escape(cut(guild, 100)),
                why=why,
            )
        try:
            opened = self.rest.call("POST", "/users/@me/channels", {"recipient_id": order.user_id})
            channel = ChannelId(str(_fields(opened).get("id")))
            send(self.rest, SendMessage(order.id, order.guild_id, channel, words))
        except RefusedError:
            whose = say(
                "The invite {code} of {user} is no longer valid: {why}.",
                code=_code(order),
                user=f"<@{order.user_id}>",
                why=why,
            )
            self._post(order, whose, mention=True)

    def _report(self, order: CheckInvite, why: str) -> None:
        self._post(
            order,
            say(
                "The invite {code} of {user} breaks the policy ({why}), but Discord does not let "
                "me revoke it: I need Manage Server, or Manage Channels there.",
                code=_code(order),
                user=f"<@{order.user_id}>",
                why=why,
            ),
        )

    def _post(self, order: CheckInvite, words: str, *, mention: bool = False) -> None:
        if order.notice_channel_id is None:
            return
        user = order.user_id if mention else None
        message = SendMessage(order.id, order.guild_id, order.notice_channel_id, words, user)
        try:
            send(self.rest, message)
        except RefusedError:
            return  # nowhere to tell it


def _fields(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _code(order: CheckInvite) -> str:
    return f"`{order.code[:32].replace('`', '')}`"
