"""From an interaction to typed arguments; whatever is wrong becomes a sentence."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest

from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, data, interaction, option, slash, user
from usher.ids import UserId
from usher.slash.calls import Call
from usher.slash.commands import Group, command
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.interaction import read_interaction
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.resolved import ResolvedUser
from usher.slash.router import Router


class Mode(StrEnum):
    SOFT = "soft"
    HARD = "hard"


group = Group("tool", "Tools")
inner = group.group("deep", "Deep tools")


@group.command("all", "Takes everything")
def everything(
    ctx: Ctx[object],
    count: Annotated[int, Opt("Count", min=1, max=10)],
    user: Annotated[UserId | None, Opt("Who")] = None,
    word: Annotated[str, Opt("Word", min_length=2, max_length=4)] = "none",
    share: Annotated[float, Opt("Share", min=0, max=1)] = 0.5,
    sure: Annotated[bool, Opt("Sure")] = False,
    mode: Annotated[Mode, Opt("Mode")] = Mode.SOFT,
    size: Annotated[Literal[1, 2], Opt("Size")] = 1,
    from_: Annotated[str | None, Opt("From")] = None,
) -> Reply:
    return Reply(repr((count, user, word, share, sure, mode, size, from_)))


@inner.command("act", "Acts")
def act(ctx: Ctx[object]) -> Reply:
    return Reply(f"{ctx.guild_id} {ctx.user_id} {ctx.locale} {sorted(ctx.users.values(), key=str)}")


@command("guarded", "Guarded", permissions=Permission.MANAGE_GUILD | Permission.MANAGE_ROLES)
def guarded(ctx: Ctx[object]) -> Reply:
    return Reply("in")


ROUTER = Router((group, guarded))


def route(body: dict[str, object]) -> Call:
    return ROUTER.route(read_interaction(body))


def run(body: dict[str, object]) -> str:
    answer = route(body).run(None, NOW)
    assert isinstance(answer, Reply)
    return answer.content


def refusal(body: dict[str, object]) -> str:
    with pytest.raises(UserError) as caught:
        route(body)
    return caught.value.sentence


def test_defaults_stand_for_what_is_left_out() -> None:
    assert run(slash("tool all", option("count", 3))) == repr(
        (3, None, "none", 0.5, False, Mode.SOFT, 1, None)
    )


def test_every_option_is_typed() -> None:
    given = (
        option("count", 3.0, 4),
        option("user", OTHER, 6),
        option("word", "abc"),
        option("share", 1, 10),
        option("sure", True),
        option("mode", "hard"),
        option("size", 2),
        option("from", "x"),
    )

    assert run(slash("tool all", *given)) == repr((3, OTHER, "abc", 1.0, True, Mode.HARD, 2, "x"))


def test_a_command_three_names_deep_is_found_with_its_context() -> None:
    resolved = {"users": {OTHER: user(OTHER, "nelly", global_name="Nelly", bot=True), "x": {}}}
    body = interaction(2, data("tool deep act", resolved=resolved))

    nelly = ResolvedUser(UserId(OTHER), "nelly", "Nelly", bot=True)
    assert run(body) == f"{GUILD} {MEMBER} en-GB {[nelly]}"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "`count` is missing."),
        ([option("count", 0)], "`count` must be at least 1."),
        ([option("count", 11)], "`count` must be at most 10."),
        ([option("count", "3")], "`count` is not what I expected"),
        ([option("count", True)], "`count` is not what I expected"),
        ([option("count", 1.5)], "`count` is not what I expected"),
        ([option("count", float("nan"))], "`count` is not what I expected"),
        ([option("count", float("inf"))], "`count` is not what I expected"),
        ([option("count", 1 << 60)], "`count` is not what I expected"),
        ([option("count", 1), option("user", "me", 6)], "`user` is not what I expected"),
        ([option("count", 1), option("user", 5, 6)], "`user` is not what I expected"),
        ([option("count", 1), option("word", "a")], "`word` must be at least 2 characters long."),
        ([option("count", 1), option("word", "abcde")], "`word` must be at most 4 characters"),
        ([option("count", 1), option("share", 1.1)], "`share` must be at most 1."),
        ([option("count", 1), option("sure", 1)], "`sure` is not what I expected"),
        ([option("count", 1), option("mode", "x")], "`mode` must be one of: Soft, Hard."),
        ([option("count", 1), option("size", 3)], "`size` must be one of: 1, 2."),
        ([option("count", 1), option("other", 3)], "I do not know that command."),
        ([{"type": 4, "value": 3}], "I do not know that command."),
        (["count"], "I do not know that command."),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(given: list[object], told: str) -> None:
    assert refusal(slash("tool all", *given)).startswith(told)


@pytest.mark.parametrize(
    "path", ["tool", "tool none", "tool deep", "tool deep none", "none", "tool deep act more"]
)
def test_an_unknown_command_is_told_in_a_sentence(path: str) -> None:
    assert refusal(slash(path)).startswith("I do not know that command.")


@pytest.mark.parametrize("kind", [2, 3, None, "1"])
def test_a_context_menu_is_told_in_a_sentence(kind: object) -> None:
    body = interaction(2, data("guarded") | {"type": kind}, permissions=8)

    assert refusal(body).startswith("I do not know that command.")


def test_direct_messages_are_told_in_a_sentence() -> None:
    body = slash("guarded")
    del body["member"], body["guild_id"]

    assert "in a server" in refusal(body | {"user": user()})


@pytest.mark.parametrize("held", [0, 1 << 5, 1 << 28, ~(1 << 3) & ~(1 << 5) & ((1 << 50) - 1)])
def test_missing_permissions_are_named(held: int) -> None:
    told = refusal(slash("guarded", permissions=held))

    assert told == "You need Manage Server and Manage Roles for `/guarded`."


@pytest.mark.parametrize("held", [1 << 5 | 1 << 28, 1 << 3])
def test_enough_permissions_or_administrator_let_in(held: int) -> None:
    assert run(slash("guarded", permissions=held)) == "in"


@pytest.mark.parametrize("bits", [None, 8, "", "8x", "٨", [], "-8"])
def test_unreadable_permissions_are_none(bits: object) -> None:
    body = slash("guarded")
    assert isinstance(member := body["member"], dict)

    assert refusal(body | {"member": member | {"permissions": bits}}).startswith("You need")
