"""Discord's own rules in memory, within Discord's limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from usher.automod.discord_rules import DiscordRules
from usher.automod.rule_desk import RuleGoneError, RuleWrongError
from usher.automod.rules import KEYWORD_LENGTH, MOST_KEYWORDS, MOST_OF, Rule
from usher.ids import GuildId
from usher.invites.ports import DeskError


@dataclass
class FakeRules:
    """Implements RuleDesk; what it holds are bodies as Discord gives them back."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    failing: DeskError | None = None
    reasons: list[str] = field(default_factory=list)
    made: int = 0

    def rules(self, guild_id: GuildId) -> Sequence[Rule]:
        del guild_id
        self._try()
        return [_read(one) for one in self.held.values()]

    def make(self, guild_id: GuildId, body: Mapping[str, object], reason: str) -> Rule:
        del guild_id
        self._try()
        alike = [one for one in self.held.values() if one["trigger_type"] == body["trigger_type"]]
        if len(alike) >= MOST_OF[int(str(body["trigger_type"]))]:
            raise RuleWrongError
        self.made += 1
        id_ = str(800 + self.made)
        self.held[id_] = _checked({**body, "id": id_})
        self.reasons.append(reason)
        return _read(self.held[id_])

    def change(
        self, guild_id: GuildId, rule_id: str, body: Mapping[str, object], reason: str
    ) -> Rule:
        del guild_id
        self._try()
        if rule_id not in self.held:
            raise RuleGoneError
        self.held[rule_id] = _checked({**self.held[rule_id], **body})
        self.reasons.append(reason)
        return _read(self.held[rule_id])

    def delete(self, guild_id: GuildId, rule_id: str, reason: str) -> None:
        del guild_id
        self._try()
        if self.held.pop(rule_id, None) is not None:
            self.reasons.append(reason)

    def named(self, name: str) -> Rule:
        """The rule of a name."""
        [found] = [_read(one) for one in self.held.values() if one["name"] == name]
        return found

    def _try(self) -> None:
        if self.failing is not None:
            raise self.failing


@dataclass
class _One:
    body: object

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        del method, route, body, reason
        return [self.body]


def _read(body: dict[str, Any]) -> Rule:
    [rule] = DiscordRules(_One(body)).rules(GuildId("1"))
    return rule


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    words = body["trigger_metadata"].get("keyword_filter", [])
    if len(words) > MOST_KEYWORDS or any(not 1 <= len(one) <= KEYWORD_LENGTH for one in words):
        raise RuleWrongError
    if len(body["exempt_roles"]) > 20 or len(body["exempt_channels"]) > 50:
        raise RuleWrongError
    return body
