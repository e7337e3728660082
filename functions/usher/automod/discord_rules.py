"""Discord's own rules through its REST API, with the bot's token (Manage Server).

Source: Discord's documentation, Auto Moderation.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from usher.automod.rule_desk import RuleGoneError, RulesRefusedError, RuleWrongError
from usher.automod.rules import Rule
from usher.ids import ChannelId, GuildId, RoleId
from usher.invites.discord_desk import failed
from usher.invites.ports import DeskError
from usher.platform.discord_messages import Rest
from usher.platform.discord_rest import DiscordError, RefusedError

_GONE = 404


@dataclass(frozen=True, slots=True)
class DiscordRules:
    """Implements RuleDesk."""

    rest: Rest

    def rules(self, guild_id: GuildId) -> Sequence[Rule]:
        """Read all of a guild's rules."""
        with _asking():
            body = self.rest.call("GET", _route(guild_id))
        return [_rule(_fields(one)) for one in _list(body)]

    def make(self, guild_id: GuildId, body: Mapping[str, object], reason: str) -> Rule:
        """Make a rule; raises DeskError."""
        with _asking():
            made = self.rest.call("POST", _route(guild_id), dict(body), reason=reason)
        return _made(made)

    def change(
        self, guild_id: GuildId, rule_id: str, body: Mapping[str, object], reason: str
    ) -> Rule:
        """Change parts of a rule; raises DeskError."""
        with _asking():
            route = _route(guild_id, rule_id)
            changed = self.rest.call("PATCH", route, dict(body), reason=reason)
        return _made(changed)

    def delete(self, guild_id: GuildId, rule_id: str, reason: str) -> None:
        """Delete a rule; one that is gone is no error."""
        try:
            with _asking():
                self.rest.call("DELETE", _route(guild_id, rule_id), reason=reason)
        except RuleGoneError:
            return


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        raise (RuleGoneError() if error.status == _GONE else RulesRefusedError()) from error
    except DiscordError as error:
        raise (RuleWrongError() if error.status == 400 else failed(error)) from error


def _route(guild_id: GuildId, rule_id: str | None = None) -> str:
    rules = f"/guilds/{quote(guild_id, safe='')}/auto-moderation/rules"
    return rules if rule_id is None else f"{rules}/{quote(rule_id, safe='')}"


def _made(body: object) -> Rule:
    fields = _fields(body)
    if not fields:
        raise DeskError
    return _rule(fields)


def _rule(fields: dict[str, object]) -> Rule:
    metadata = _fields(fields.get("trigger_metadata"))
    limit = metadata.get("mention_total_limit")
    does = tuple(map(_fields, _list(fields.get("actions"))))
    return Rule(
        id=str(fields.get("id")),
        name=str(fields.get("name") or ""),
        trigger=_number(fields, "trigger_type"),
        enabled=fields.get("enabled") is True,
        keywords=tuple(map(str, _list(metadata.get("keyword_filter")))),
        mentions=limit if isinstance(limit, int) else None,
        lists=tuple(one for one in _list(metadata.get("presets")) if isinstance(one, int)),
        exempt_roles=tuple(RoleId(str(one)) for one in _list(fields.get("exempt_roles"))),
        exempt_channels=tuple(ChannelId(str(one)) for one in _list(fields.get("exempt_channels"))),
        actions=tuple(_number(one, "type") for one in does),
        metadata=metadata,
        does=does,
    )


def _number(fields: Mapping[str, object], name: str) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) else 0


def _fields(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
