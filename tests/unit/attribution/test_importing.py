"""The rules by example: members and uses that were there before Usher watched."""

import pytest

from tests.unit.attribution.guild import Guild, at, invite
from usher.attribution.facts import JoinRecorded, JoinRevised, PoolCredited
from usher.attribution.outcomes import (
    Attributed,
    Confidence,
    Kind,
    Method,
    Outcome,
    Reason,
    Unattributed,
)
from usher.ids import VANITY

LONG_AGO = -90 * 86400.0


def watched() -> Guild:
    """A guild with five uses by ann and two by bob, seen for the first time at 0."""
    guild = Guild()
    guild.shown(0, invite("a", 5, by="ann"), invite("b", 2, by="bob"))
    return guild


def record(guild: Guild, user: str) -> JoinRecorded:
    [fact] = [f for f in guild.facts if isinstance(f, JoinRecorded) and f.person.user_id == user]
    return fact


def test_a_member_of_long_ago_is_recorded_with_what_discord_tells() -> None:
    guild = watched()
    guild.imported("old", LONG_AGO, "a", inviter="ann")

    guild.waited(100)

    fact = record(guild, "old")
    assert (fact.imported, fact.recovered, fact.joined_at) == (True, False, at(LONG_AGO))
    word = fact.outcome
    assert isinstance(word, Attributed)
    assert (word.inviter_id, word.code) == ("ann", "a")
    assert (word.confidence, word.method) == (Confidence.CONFIRMED, Method.MEMBERS_SEARCH)


@pytest.mark.parametrize(
    ("source", "code", "bot", "said"),
    [
        (3, None, False, Unattributed(Reason.NOT_BY_INVITE, Kind.DISCOVERY, Confidence.CONFIRMED)),
        (0, None, False, Unattributed(Reason.NOT_ON_RECORD)),
        (5, None, False, Unattributed(Reason.NOT_ON_RECORD)),
        (0, None, True, Unattributed(Reason.BOT_ADDED, Kind.BOT)),
        (1, None, True, Unattributed(Reason.NOT_BY_INVITE, Kind.BOT, Confidence.CONFIRMED)),
    ],
)
def test_a_member_without_an_invite_is_recorded_as_what_they_are(
    source: int, code: str | None, bot: bool, said: Outcome
) -> None:
    guild = watched()
    guild.imported("old", LONG_AGO, code, source=source, bot=bot)

    guild.waited(100)

    assert record(guild, "old").outcome == said


def test_a_member_by_the_vanity_code_is_nobodys() -> None:
    guild = watched()
    guild.imported("old", LONG_AGO, "our-guild", source=6)

    guild.waited(100)

    word = guild.word("old")
    assert isinstance(word, Attributed)
    assert (word.kind, word.inviter_id) == (Kind.VANITY, VANITY)


def test_importing_again_says_nothing() -> None:
    guild = watched()
    for when in (100, 200):
        guild.imported("old", LONG_AGO, "a", inviter="ann")
        guild.imported("bot", LONG_AGO, None, source=1, bot=True)
        guild.imported("nobody", LONG_AGO, None, source=0)
        guild.import_ended(when, by_counts=False)
        facts = guild.waited(when)

    assert facts == []
    assert guild.records("old") == 1


def test_a_join_on_record_is_confirmed_or_corrected() -> None:
    guild = watched()
    guild.joined("new", 10)
    guild.shown(11, invite("a", 6, by="ann"), invite("b", 2, by="bob"))
    guild.imported("new", 10, "b", inviter="bob")

    facts = guild.waited(2000)

    assert any(isinstance(fact, JoinRevised) for fact in facts)
    assert guild.records("new") == 1
    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert word.code == "b"


def test_who_joins_while_the_import_runs_is_left_to_what_is_seen() -> None:
    guild = watched()
    guild.imported("new", 100, "a", inviter="ann")
    guild.waited(101)
    assert guild.records("new") == 0

    guild.joined("new", 100)
    guild.shown(102, invite("a", 6, by="ann"), invite("b", 2, by="bob"))

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert word.method is Method.USE_COUNT


def test_a_join_that_was_missed_is_found_when_it_is_no_longer_news() -> None:
    guild = watched()
    guild.imported("missed", 100, "a", inviter="ann")

    guild.waited(100 + 700)

    assert record(guild, "missed").imported


def test_imported_members_do_not_disturb_open_evidence() -> None:
    guild = watched()
    guild.joined("one", 10)
    guild.waited(10.5)
    for n in range(400):
        guild.imported(f"old{n}", LONG_AGO - n, "b", inviter="bob")
    guild.waited(11)
    guild.shown(12, invite("a", 6, by="ann"), invite("b", 2, by="bob"))

    word = guild.word("one")
    assert isinstance(word, Attributed)
    assert word.code == "a"
    assert guild.records("old399") == 1


def test_an_import_does_not_show_that_the_listener_was_there() -> None:
    guild = Guild()
    guild.imported("old", LONG_AGO, "a", inviter="ann")
    guild.import_ended(50, by_counts=True)

    guild.waited(100)

    assert (guild.state.head.since, guild.state.head.seen_at) == (None, None)
    assert guild.records("old") == 1


def credited(guild: Guild) -> dict[str, int]:
    return {who: total for who in ("ann", "bob") if (total := guild.pooled(who))}


def test_present_use_counts_are_credited_once() -> None:
    guild = watched()
    guild.joined("new", 10)
    guild.shown(11, invite("a", 6, by="ann"), invite("b", 2, by="bob"))
    for when in (100, 200):
        guild.import_ended(when, by_counts=True)
        facts = guild.waited(when)

    assert credited(guild) == {"ann": 5, "bob": 2}, "the use that was seen is the join's"
    assert facts == []
    assert {f.imported for f in guild.facts if isinstance(f, PoolCredited)} == {"a", "b"}


def test_codes_that_ended_are_not_counted() -> None:
    guild = watched()
    guild.deleted("b", 20)
    guild.shown(21, invite("a", 5, by="ann"))
    guild.import_ended(100, by_counts=True)

    guild.waited(100)

    assert credited(guild) == {"ann": 5}


def test_a_name_takes_the_place_of_a_count() -> None:
    guild = watched()
    guild.import_ended(100, by_counts=True)
    guild.waited(100)
    guild.imported("old", LONG_AGO, "a", inviter="ann")

    guild.waited(200)

    assert credited(guild) == {"ann": 4, "bob": 2}
    assert isinstance(guild.word("old"), Attributed)


def test_a_name_is_not_counted_afterwards() -> None:
    guild = watched()
    guild.imported("old", LONG_AGO, "a", inviter="ann")
    guild.waited(100)
    guild.import_ended(200, by_counts=True)

    guild.waited(200)

    assert credited(guild) == {"ann": 4, "bob": 2}


def test_after_an_import_by_names_no_count_is_left_and_none_comes() -> None:
    guild = watched()
    guild.import_ended(100, by_counts=True)
    guild.waited(100)
    guild.imported("old", LONG_AGO, "a", inviter="ann")
    guild.import_ended(200, by_counts=False)
    guild.waited(200)
    assert credited(guild) == {}

    guild.import_ended(300, by_counts=True)
    guild.waited(300)

    assert credited(guild) == {}


def test_names_told_before_the_first_look_rule_counts_out() -> None:
    guild = Guild()
    guild.imported("old", LONG_AGO, "a", inviter="ann")
    guild.waited(-10)
    guild.shown(0, invite("a", 5, by="ann"))
    guild.import_ended(100, by_counts=True)

    guild.waited(100)

    assert credited(guild) == {}
