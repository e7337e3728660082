"""Suggestions: declared with the option, asked while it is typed, never in the way."""

from typing import Annotated, Any, Literal

import pytest

from tests.unit.interactions.doors import Front
from tests.unit.slash.fakes import StoreDownError
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, MEMBER, interaction, slash, typing
from usher.ids import UserId
from usher.slash.commands import Command, Group, command
from usher.slash.completing import Suggestions, Typing
from usher.slash.context import Ctx
from usher.slash.errors import DeclarationError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.router import Router

ASKED: list[Typing[object]] = []


def words(typing: Typing[object]) -> Suggestions:
    ASKED.append(typing)
    if typing.typed == "down":
        raise StoreDownError
    yield from ((f"Word {n}", f"w{n}") for n in range(40))
    yield "Too short", "w"
    yield "", "none"


def numbers(typing: Typing[object]) -> Suggestions:
    del typing
    return [("Three", 3), ("x" * 150, 4), ("A word", "four"), ("Too much", 99)]


group = Group("probe", "A probe")


@group.command("say", "Say it", permissions=Permission.MANAGE_GUILD)
def say(
    ctx: Ctx[object],
    word: Annotated[str, Opt("Word", min_length=2, complete=words)],
    number: Annotated[int | None, Opt("Number", max=9, complete=numbers)] = None,
    plain: Annotated[str | None, Opt("Plain")] = None,
) -> Reply:
    return Reply(f"{word} {number} {plain}")


def front() -> Front:
    ASKED.clear()
    return Front(services=object(), router=Router((group,)))


def suggested(front: Front, sent: dict[str, object]) -> list[dict[str, object]]:
    status, body = front.send(sent)
    assert (status, body["type"]) == (200, 8)
    data = body["data"]
    assert isinstance(data, dict)
    choices = data["choices"]
    assert isinstance(choices, list)
    return choices


def test_the_registration_says_which_options_suggest() -> None:
    word, number, plain = (option.to_json() for option in say.options)

    assert word == {
        "type": 3,
        "name": "word",
        "description": "Word",
        "required": True,
        "autocomplete": True,
        "min_length": 2,
    }
    assert number["autocomplete"] is True
    assert "autocomplete" not in plain


def test_a_completer_is_told_who_types_what_and_25_of_its_suggestions_are_shown() -> None:
    there = front()

    found = suggested(there, typing("probe say", "word", "wo", permissions=MANAGE_GUILD))

    assert found == [{"name": f"Word {n}", "value": f"w{n}"} for n in range(25)]
    [asked] = ASKED
    assert (asked.guild_id, asked.user_id, asked.typed) == (GUILD, MEMBER, "wo")
    assert (asked.services, asked.now, asked.permissions) == (
        there.services,
        there.now,
        MANAGE_GUILD,
    )
    assert asked.roles == {"539082325061836999"}


def test_what_the_option_would_refuse_is_not_suggested_and_long_names_are_cut() -> None:
    found = suggested(front(), typing("probe say", "number", "3", permissions=MANAGE_GUILD))

    assert found == [{"name": "Three", "value": 3}, {"name": "x" * 99 + "…", "value": 4}]


@pytest.mark.parametrize(
    "sent",
    [
        typing("probe say", "word", "wo"),
        typing("probe say", "plain", "wo", permissions=MANAGE_GUILD),
        typing("probe say", "none", "wo", permissions=MANAGE_GUILD),
        typing("probe none", "word", "wo", permissions=MANAGE_GUILD),
        typing("probe say", "word", "wo", permissions=MANAGE_GUILD) | {"guild_id": None},
        interaction(4, {"name": "probe", "options": 5}, permissions=MANAGE_GUILD),
    ],
    ids=["not allowed", "plain option", "no option", "no command", "no guild", "broken"],
)
def test_nothing_is_suggested_and_nobody_asked(sent: dict[str, object]) -> None:
    assert suggested(front(), sent) == []
    assert ASKED == []


def test_a_completer_that_fails_suggests_nothing_and_is_logged() -> None:
    there = front()

    assert suggested(there, typing("probe say", "word", "down", permissions=MANAGE_GUILD)) == []
    [(level, _, extra)] = there.log.lines
    assert (level, extra["error"]) == ("exception", "StoreDownError")


def test_free_text_is_checked_when_the_command_runs() -> None:
    def run(value: str) -> object:
        option = {"name": "word", "type": 3, "value": value}
        body = front().send(slash("probe say", option, permissions=MANAGE_GUILD))[1]["data"]
        assert isinstance(body, dict)
        return body["content"]

    assert run("anything") == "anything None None"
    assert run("x") == "`word` must be at least 2 characters long."


def _async() -> object:
    async def late(typing: Typing[object]) -> Suggestions:
        return []

    return late


def _no_typing(typed: str) -> Suggestions:
    return [(typed, typed)]


def _two(typing: Typing[object], more: str) -> Suggestions:
    return [(more, more)]


def _no_return(typing: Typing[object]) -> list[str]:
    return []


@pytest.mark.parametrize("completer", ["words", _async(), _no_typing, _two, _no_return])
def test_what_is_no_completer_is_refused_at_import(completer: Any) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(DeclarationError, match=r"probe\(word\): a completer"):
        declare(str, Opt("Word", complete=completer))


@pytest.mark.parametrize("kind", [UserId, bool, Literal["a", "b"]])
def test_a_completer_beside_what_discord_offers_itself_is_refused(kind: object) -> None:
    with pytest.raises(DeclarationError, match="fits free text and numbers only"):
        declare(kind, Opt("Word", complete=words))


def declare(kind: object, opt: Opt) -> Command:
    def probe(ctx: Ctx[object], word: object) -> Reply:
        return Reply("done")

    probe.__annotations__["word"] = Annotated[kind, opt]
    return command("probe", "A probe")(probe)
