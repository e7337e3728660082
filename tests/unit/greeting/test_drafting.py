"""What a greeting says: placeholders, words where nothing is known, and whom it notifies."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD, at
from tests.fakes.greeting import IDA, NEW, origin
from usher.attribution.causes import Cause
from usher.attribution.outcomes import Kind
from usher.attribution.queries import MemberOrigin, OutcomeName
from usher.greeting.drafting import draft
from usher.greeting.model import Face, Place, Scene
from usher.greeting.settings import (
    Greeting,
    Occasion,
    read_color,
    read_greeting,
    write_greeting,
)
from usher.greeting.values import FAREWELLS_TOO, PLACEHOLDERS, ordinal, span, values_of
from usher.ids import VANITY, ChannelId

MASON = Face(NEW, "mason", "Mason", avatar="https://cdn.example/m.png")
SCENE = Scene(
    Occasion.WELCOME,
    GUILD,
    MASON,
    Place("A guild", 42),
    at(10),
    origin=origin(),
    inviter=Face(IDA, "ida.b", "Ida", "1234"),
    invites=7,
)


def said(message: str, scene: Scene = SCENE, **changes: object) -> str:
    greeting = Greeting(scene.occasion, on=True, message=message, **changes)  # type: ignore[arg-type]
    return draft(greeting, scene).reply.content


def test_every_placeholder_is_filled() -> None:
    message = (
        "{member} {member:name} {member:tag} {member:id} {server} {count} {count:ordinal} "
        "{inviter} {inviter:name} {inviter:tag} {inviter:id} {invites} {code}"
    )
    assert said(message) == (
        f"Mason mason mason {NEW} A guild 42 42nd Ida Ida ida\\.b\\#1234 900 7 abc"
    )


def test_those_named_are_those_there_are() -> None:
    assert values_of(SCENE, "en-US").keys() == {*PLACEHOLDERS}
    gone = replace(SCENE, occasion=Occasion.FAREWELL)
    assert values_of(gone, "en-US").keys() == {*PLACEHOLDERS, *FAREWELLS_TOO}


def test_unknown_placeholders_and_braces_stay_as_typed() -> None:
    message = "{nobody} {member.__class__} {0} {} {{member}} {MEMBER} {stayed} {"
    assert said(message) == ("{nobody} {member.__class__} {0} {} {Mason} {MEMBER} {stayed} {")


def test_names_format_nothing_mention_nobody_and_are_not_filled_again() -> None:
    rogue = replace(MASON, display_name="@everyone **{invites}** <@1> https://a.example")
    text = said("Hi {member}", replace(SCENE, who=rogue))
    assert text.startswith("Hi \\@everyone \\*\\*\\{invites\\}\\*\\*")
    assert "<@" not in text
    assert "7" not in text


@pytest.mark.parametrize(
    ("known", "word"),
    [
        (origin(VANITY, kind=Kind.VANITY), "the server's own link"),
        (origin(None, OutcomeName.AMBIGUOUS, code=None), "somebody"),
        (origin(None, OutcomeName.UNATTRIBUTED, Kind.UNKNOWN, None), "somebody"),
        (origin(None, kind=Kind.DISCOVERY, code=None), "Server Discovery"),
        (origin(None, OutcomeName.UNATTRIBUTED, Kind.BOT, None), "an administrator"),
        (None, "somebody"),
    ],
)
def test_where_no_member_invited_a_word_stands_for_the_inviter(
    known: MemberOrigin | None, word: str
) -> None:
    scene = replace(SCENE, origin=known, inviter=None, invites=None)
    text = said("{inviter:name}/{inviter:tag}/{inviter:mention}/{invites}", scene)
    assert text == f"{word}/{word}/{word}/unknown"


def test_an_inviter_whom_discord_does_not_know_any_more_is_somebody() -> None:
    scene = replace(SCENE, inviter=None)
    assert said("{inviter:name} {invites} {code}", scene) == "somebody 7 abc"


def test_only_a_member_mentioned_by_the_message_is_notified() -> None:
    plain = draft(Greeting(Occasion.WELCOME, message="Hi {member} by {inviter:mention}"), SCENE)
    named = draft(Greeting(Occasion.WELCOME, message="Hi {member:mention} @everyone"), SCENE)
    assert plain.body()["allowed_mentions"] == {"parse": []}
    assert named.body()["allowed_mentions"] == {"parse": [], "users": [NEW]}
    assert named.body()["content"] == f"Hi <@{NEW}> @everyone"


def test_an_embed_shows_title_colour_and_picture_and_mentions_before_it() -> None:
    greeting = Greeting(
        Occasion.WELCOME,
        message="Hi {member:mention}",
        embed=True,
        title="{member:mention} is here",
        color=0x00FF00,
    )
    body = draft(greeting, SCENE).body()
    assert body["content"] == f"<@{NEW}>"
    assert body["embeds"] == [
        {
            "title": "Mason is here",
            "description": f"Hi <@{NEW}>",
            "color": 0x00FF00,
            "thumbnail": {"url": MASON.avatar},
        }
    ]
    bare = draft(replace(greeting, message="Hi", thumbnail=False), SCENE).body()
    assert "content" not in bare
    assert "thumbnail" not in str(bare)


def test_a_farewell_says_how_long_they_stayed_and_why_they_went() -> None:
    gone = replace(SCENE, occasion=Occasion.FAREWELL, at=at(10 + 3 * 86400))
    assert said("", gone) == "**Mason** left after 3 days. They were invited by Ida."
    kicked = replace(gone, origin=replace(origin(), cause=Cause.KICKED), joined_at=None)
    assert said("{member} {reason} after {stayed}", kicked) == (
        "Mason was kicked after an unknown time"
    )
    assert draft(Greeting(Occasion.FAREWELL, message="{member:mention}"), gone).mention is None


def test_the_longest_names_fit_a_message() -> None:
    scene = replace(SCENE, who=replace(MASON, display_name="*" * 32))
    body = draft(Greeting(Occasion.WELCOME, message="{member}" * 187), scene).body()
    assert len(str(body["content"])) <= 2000


def test_a_message_that_fills_to_nothing_is_not_empty() -> None:
    assert said("  ") != ""


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (1023, "1,023rd")],
)
def test_ordinals(number: int, written: str) -> None:
    assert ordinal(number, "en-GB") == written
    assert ordinal(number, "de") == f"{number}."


@pytest.mark.parametrize(
    ("time", "written"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=90), "1 minute"),
        (timedelta(hours=23), "23 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=61), "2 months"),
        (timedelta(days=800), "2 years"),
    ],
)
def test_times_are_told_by_their_largest_unit(time: timedelta, written: str) -> None:
    assert span(time) == written


def test_a_number_that_is_not_known_is_a_word() -> None:
    assert said("{count}", replace(SCENE, place=Place("A guild", None))) == "many"


@given(
    st.builds(
        Greeting,
        occasion=st.sampled_from(Occasion),
        on=st.booleans(),
        channel_id=st.none() | st.just(ChannelId("5")),
        message=st.text(),
        embed=st.booleans(),
        title=st.text(),
        color=st.none() | st.integers(0, 0xFFFFFF),
        thumbnail=st.booleans(),
        dm=st.booleans(),
        bots=st.booleans(),
        locale=st.sampled_from(["en-US", "de"]),
    )
)
def test_what_is_written_of_settings_is_read_again(greeting: Greeting) -> None:
    assert read_greeting(greeting.occasion, write_greeting(greeting)) == greeting


@given(st.text(), st.text())
def test_whatever_people_are_called_a_message_mentions_nobody_else(name: str, tag: str) -> None:
    rogue = replace(MASON, display_name=name, username=tag)
    scene = replace(SCENE, who=rogue, inviter=rogue)
    message = "{member} {member:name} {member:tag} {inviter:name} {inviter:tag}"
    greeting = Greeting(Occasion.WELCOME, message=message, embed=True, title=message)
    (embed,) = draft(greeting, scene).reply.embeds
    for text in (said(message, scene), embed.title, embed.description):
        assert not re.search(r"(?<!\\)[@<]|https?://", text)


def test_settings_that_no_release_writes_count_as_the_default() -> None:
    odd = {"color": "blue", "state": 1, "thumbnail": "", "title": None, "channel_id": ""}
    assert read_greeting(Occasion.WELCOME, odd) == Greeting(Occasion.WELCOME)
    assert read_color("#5865f2") == 0x5865F2
    assert read_color("5865F2") == 0x5865F2
    assert read_color("#12345") is None
    assert read_color("#-12345") is None
