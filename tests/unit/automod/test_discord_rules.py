"""Discord's own rules as calls of its REST API."""

from collections.abc import Callable

import pytest

from tests.builders import GUILD
from tests.unit.channels.test_discord_channels import FakeRest
from usher.automod.discord_rules import DiscordRules
from usher.automod.rule_desk import RuleGoneError, RulesRefusedError, RuleWrongError
from usher.automod.rules import Rule
from usher.ids import ChannelId, RoleId
from usher.invites.ports import DeskError, DeskLimitedError, DeskTokenError
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
    UnavailableError,
)

METADATA: dict[str, object] = {"keyword_filter": ["cat"], "regex_patterns": ["x+"]}
DOES: list[dict[str, object]] = [{"type": 1, "metadata": {}}]
BODY: dict[str, object] = {
    "id": "7",
    "name": "Words",
    "trigger_type": 1,
    "enabled": True,
    "trigger_metadata": METADATA,
    "actions": DOES,
    "exempt_roles": ["5"],
    "exempt_channels": ["6"],
}
RULE = Rule(
    "7",
    "Words",
    1,
    enabled=True,
    keywords=("cat",),
    exempt_roles=(RoleId("5"),),
    exempt_channels=(ChannelId("6"),),
    actions=(1,),
    metadata=METADATA,
    does=tuple(DOES),
)
ROUTE = f"/guilds/{GUILD}/auto-moderation/rules"


def test_rules_are_read_whole() -> None:
    rest = FakeRest([BODY])
    assert DiscordRules(rest).rules(GUILD) == [RULE]
    assert rest.calls == [("GET", ROUTE, None, None)]


def test_rules_are_made_changed_and_deleted_with_a_reason() -> None:
    rest = FakeRest(BODY)
    desk = DiscordRules(rest)
    assert desk.make(GUILD, {"name": "Words"}, "why") == RULE
    assert desk.change(GUILD, "7", {"enabled": True}, "why") == RULE
    desk.delete(GUILD, "7", "why")
    assert rest.calls == [
        ("POST", ROUTE, {"name": "Words"}, "why"),
        ("PATCH", f"{ROUTE}/7", {"enabled": True}, "why"),
        ("DELETE", f"{ROUTE}/7", None, "why"),
    ]


CALLS: list[Callable[[DiscordRules], object]] = [
    lambda desk: desk.rules(GUILD),
    lambda desk: desk.make(GUILD, {}, ""),
    lambda desk: desk.change(GUILD, "7", {}, ""),
    lambda desk: desk.delete(GUILD, "7", ""),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (RefusedError(403, 50013), RulesRefusedError),
        (DiscordError(400, 50035), RuleWrongError),
        (RateLimitedError(30, everywhere=False), DeskLimitedError),
        (UnauthorizedError(401), DeskTokenError),
        (UnavailableError(502), DeskError),
    ],
)
def test_every_failure_is_told_as_commands_know_it(
    call: Callable[[DiscordRules], object], answer: DiscordError, kind: type[DeskError]
) -> None:
    with pytest.raises(kind) as told:
        call(DiscordRules(FakeRest(answer)))
    assert told.value.__cause__ is answer


def test_a_rule_that_is_gone_cannot_be_changed_and_need_not_be_deleted() -> None:
    desk = DiscordRules(FakeRest(RefusedError(404, 0)))
    with pytest.raises(RuleGoneError):
        desk.change(GUILD, "7", {}, "")
    desk.delete(GUILD, "7", "")


def test_no_rule_in_the_answer_is_a_failure() -> None:
    with pytest.raises(DeskError):
        DiscordRules(FakeRest(None)).make(GUILD, {}, "")
