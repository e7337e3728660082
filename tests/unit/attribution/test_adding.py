"""Whom Usher adds itself: their joins carry the link, whatever comes first and whatever is lost."""

from itertools import permutations

import pytest

from tests.unit.attribution.guild import Guild, invite
from usher.attribution.outcomes import Attributed, Confidence, Kind, Method, Unattributed

CERTAIN = ("link", "owner", Confidence.DETERMINISTIC)
ON_RECORD = ("link", "owner", Confidence.CONFIRMED)
API = 1


def said(guild: Guild, user: str = "chosen") -> tuple[str | None, str | None, Confidence]:
    word = guild.word(user)
    assert isinstance(word, Attributed)
    assert (word.kind, word.code, word.method) == (Kind.API, None, Method.ADDED)
    return word.link, word.inviter_id, word.confidence


def watched() -> Guild:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    return guild


@pytest.mark.parametrize("order", list(permutations(["asked", "done", "joined", "record"])))
def test_the_last_word_is_certain_in_whatever_order_it_is_told(order: tuple[str, ...]) -> None:
    guild = watched()

    for number, what in enumerate(order):
        if what == "asked":
            guild.added("chosen", 9, link="link", by="owner", done=False)
        elif what == "done":
            guild.added("chosen", 9, link="link", by="owner")
        elif what == "record":
            guild.searched("chosen", 10, 20, None, source=API)
        else:
            guild.joined("chosen", 10)
        guild.shown(20 + number, invite("a", 5))
    guild.searched("chosen", 10, 40, None, source=API)
    guild.shown(41, invite("a", 5))

    assert said(guild) == CERTAIN
    assert guild.records("chosen") == 1


def test_a_join_put_away_already_is_opened_again() -> None:
    # Given a join that counting explained by somebody else's use
    guild = watched()
    guild.joined("chosen", 10)
    guild.shown(11, invite("a", 6))
    before = guild.word("chosen")
    assert isinstance(before, Attributed)
    assert before.code == "a"

    # When it is told that Usher added them, and the other one's join comes late
    guild.added("chosen", 9, link="link", by="owner")
    guild.waited(12)
    guild.joined("late", 10.5)
    guild.waited(13)

    # Then each is told apart
    assert said(guild) == CERTAIN
    other = guild.word("late")
    assert isinstance(other, Attributed)
    assert other.code == "a"


def test_where_the_answer_was_lost_discord_s_record_tells() -> None:
    guild = watched()
    guild.added("chosen", 9, link="link", by="owner", done=False)
    guild.waited(9.1)
    guild.joined("chosen", 10)
    guild.shown(11, invite("a", 5))
    assert isinstance(guild.word("chosen"), Unattributed)

    guild.searched("chosen", 10, 900, None, source=API)
    guild.waited(900)

    assert said(guild) == ON_RECORD


@pytest.mark.parametrize("done", [True, False])
def test_who_came_another_way_is_not_the_link_s(done: bool) -> None:
    # Given somebody of whom it is not known whether they were added
    guild = watched()
    guild.added("chosen", 9, link="link", by="owner", done=done)
    guild.joined("chosen", 10)
    guild.searched("chosen", 10, 15, "a")
    guild.shown(16, invite("a", 6))

    word = guild.word("chosen")
    assert isinstance(word, Attributed)
    assert (word.code, word.link) == ("a", None)


def test_a_record_asked_for_late_takes_nothing_back() -> None:
    guild = watched()
    guild.added("chosen", 9, link="link", by="owner")
    guild.joined("chosen", 10)
    guild.shown(11, invite("a", 5))
    for when in range(300, 4000, 300):
        guild.shown(when, invite("a", 5))

    guild.searched("chosen", 10, 4001, None, source=API)
    guild.waited(4001)

    assert said(guild) == CERTAIN


def test_who_leaves_and_comes_back_by_an_invite_is_that_invite_s() -> None:
    guild = watched()
    guild.added("chosen", 9, link="link", by="owner")
    guild.joined("chosen", 10)
    guild.shown(11, invite("a", 5))
    guild.left("chosen", 20)
    guild.joined("chosen", 30)
    guild.shown(31, invite("a", 6))

    word = guild.word("chosen")
    assert isinstance(word, Attributed)
    assert word.code == "a"


def test_news_of_our_own_shows_no_listener() -> None:
    # Given an absence of the listener in which Usher adds somebody
    guild = watched()
    guild.added("chosen", 60, link="link", by="owner")
    guild.waited(60)
    seen = guild.state.head.seen_at

    # Then it is still an absence, and who joined in it is found
    guild.found("chosen", 61, 1000)
    guild.shown(1000, invite("a", 5), gap=True)
    assert seen is not None
    assert seen.second == 0
    assert said(guild) == CERTAIN
