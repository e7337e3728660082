"""What joins wait for: a look that shows everything ten minutes after them, or twenty minutes."""

import pytest

from tests.unit.attribution.guild import Guild, at, invite
from usher.attribution.closing import MOST_OPEN_JOINS, MOST_OPEN_USES
from usher.attribution.outcomes import Ambiguous, Attributed, Reason
from usher.attribution.state_codec import encode_head
from usher.ids import InviteCode

MOST_STATE = 64 * 1024
"""Bytes of a guild's head at the worst: an item may hold 400 KB."""


def two_joins_and_one_use() -> Guild:
    """Two people came at once, and one of their uses is not shown yet."""
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 1))
    guild.joined("one", 10)
    guild.joined("two", 10.2)
    guild.shown(11, invite("a", 6), invite("b", 1))
    return guild


def both_may_have_used(guild: Guild, *codes: str) -> None:
    for user in ("one", "two"):
        word = guild.word(user)
        assert isinstance(word, Ambiguous)
        assert word.candidates == codes


@pytest.mark.parametrize("minutes", [1, 30])
def test_joins_before_an_absence_wait_for_the_first_good_look_after_it(minutes: int) -> None:
    # Given joins whose last look fell into an absence, and that the first look after it fails
    guild = two_joins_and_one_use()
    back = 580 + 60 * minutes
    guild.refused(back, 500, gap=True)

    # When the next one shows what was shown late
    guild.shown(back + 2, invite("a", 6), invite("b", 2))

    both_may_have_used(guild, "a", "b")


def test_news_that_come_beside_the_listener_close_nothing_while_it_is_away() -> None:
    # Given joins whose last look fell into an absence
    guild = two_joins_and_one_use()

    # When Discord's record of others is told meanwhile
    for minute in (11, 25):
        guild.searched("other", -5000, 60 * minute, "a")
        guild.waited(60 * minute)

    guild.shown(2000, invite("a", 6), invite("b", 2), gap=True)
    both_may_have_used(guild, "a", "b")


@pytest.mark.parametrize("failed", [596, 608])
def test_a_last_look_that_fails_is_waited_for(failed: int) -> None:
    guild = two_joins_and_one_use()
    guild.refused(failed, 500)
    guild.waited(612)

    guild.shown(615, invite("a", 6), invite("b", 2))

    both_may_have_used(guild, "a", "b")


def test_a_last_look_is_enough_though_what_follows_shows_nothing() -> None:
    guild = two_joins_and_one_use()
    guild.shown(596, invite("a", 6), invite("b", 1))

    guild.refused(620, 403)

    assert not guild.state.head.open.joins
    both_may_have_used(guild, "a")


def test_a_vanity_counter_refused_after_an_absence_was_not_seen_in_it_either() -> None:
    # Given a long absence, after which the list is shown before the vanity counter is
    guild = Guild()
    guild.shown(0, invite("a", 5), vanity=3)
    guild.refused_vanity(1800, 500, invite("a", 5), gap=True)
    guild.found("missed", 100, 1801)

    guild.shown(1802, invite("a", 5), vanity=4)

    assert guild.word("missed") == Ambiguous((InviteCode("our-guild"),), Reason.AFTER_GAP)


def test_a_use_shown_just_before_an_absence_waits_for_who_is_found_after_it() -> None:
    # Given a use whose join the listener did not hear of any more
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.shown(10, invite("a", 6))
    guild.searched("other", -5000, 700, "a")
    guild.waited(700)

    # When it is found twenty minutes later
    guild.shown(1210, invite("a", 6), gap=True)
    guild.found("missed", 9.95, 1210.2)
    guild.waited(1210.3)

    word = guild.word("missed")
    assert isinstance(word, Attributed)
    assert word.code == "a"


def test_joins_are_given_up_when_looks_have_failed_for_twenty_minutes() -> None:
    # Given a guild in which Manage Server was taken away
    guild = two_joins_and_one_use()
    guild.refused(596)

    guild.waited(1795)
    assert guild.state.head.open.joins
    guild.waited(1797)

    # Then the words stay, and what shows later is trusted less
    assert not guild.state.head.open.joins
    both_may_have_used(guild, "a")
    assert guild.state.head.forgotten == at(10.2)


def test_joins_before_an_absence_are_given_up_twenty_minutes_after_it() -> None:
    guild = two_joins_and_one_use()
    guild.refused(2000, gap=True)

    guild.waited(3199)
    assert guild.state.head.open.joins
    guild.waited(3201)

    assert not guild.state.head.open.joins


def test_the_state_stays_small_while_no_look_is_good() -> None:
    # Given a raid in a guild whose invites Usher may not see, for a day
    guild = Guild()
    guild.shown(0, *(invite(f"code{n}", 0) for n in range(50)))

    for second in range(0, 86_400, 20):
        guild.joined(f"{10**17 + second}", second)
        guild.deleted(f"code{second // 20}", second)
        guild.refused(second + 1, gap=second % 3600 == 0)
        assert len(guild.state.head.open.joins) <= MOST_OPEN_JOINS
        assert len(guild.state.head.open.uses) <= MOST_OPEN_USES

    assert len(encode_head(guild.state.head)) < MOST_STATE


def test_a_listener_that_was_replaced_shows_late_what_its_last_look_would_have_shown() -> None:
    # Given joins whose last look was planned by a process that has ended, without an absence
    guild = two_joins_and_one_use()
    guild.shown(500, invite("a", 6), invite("b", 1))

    # When somebody else's join makes the next one look, long after
    guild.joined("three", 1099)
    guild.shown(1100, invite("a", 6), invite("b", 2))

    # Then the use may be theirs as well
    both_may_have_used(guild, "a", "b")
    word = guild.word("three")
    assert isinstance(word, Ambiguous)
    assert word.candidates == ("b",)


def test_a_join_that_has_its_use_waits_for_no_look() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("single", 0, max_uses=1))
    guild.joined("one", 10)
    guild.deleted("single", 10.1)
    guild.shown(11, invite("a", 5))
    guild.joined("two", 5000)

    guild.shown(5001, invite("a", 6))

    word = guild.word("two")
    assert isinstance(word, Attributed)
    assert word.code == "a"


def test_an_invite_made_and_used_up_early_in_a_long_absence_is_a_candidate() -> None:
    # Given an absence of half an hour, and a good look after it
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.shown(1800, invite("a", 5), gap=True)

    # When the audit log tells of an invite that is there no more
    guild.audited(40, invite("single", None, max_uses=1, created=600), 600)
    guild.found("missed", 601, 1800.2)
    guild.waited(1800.2)

    assert guild.word("missed") == Ambiguous((InviteCode("single"),), Reason.AFTER_GAP)


def test_a_join_for_which_nobody_looked_waits_for_the_next_look_however_late() -> None:
    # Given joins whose last look the listener did not plan, since it counted wrong
    guild = two_joins_and_one_use()
    guild.waited(1300)
    guild.left("two", 8_000)
    guild.waited(8_000)

    # When the next join, hours later, has it look, which fails at first
    guild.joined("three", 9_000)
    guild.refused(9_001, 500)
    guild.shown(9_003, invite("a", 6), invite("b", 2))

    both_may_have_used(guild, "a", "b")
    assert isinstance(guild.word("three"), Ambiguous)


def test_a_join_known_by_name_waits_for_its_use_too() -> None:
    # Given somebody of whom Discord tells before the count does
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("one", 10)
    guild.shown(11, invite("a", 5))
    guild.searched("one", 10, 20, "a")
    guild.waited(20)

    # When the count shows it at somebody else's join, long after
    guild.joined("two", 800)
    guild.shown(801, invite("a", 6))

    assert not isinstance(guild.word("two"), Attributed)
