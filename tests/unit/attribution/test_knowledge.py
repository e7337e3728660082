"""The rules by example: what is known beyond counting, and what absences leave open."""

from tests.unit.attribution.guild import Guild, invite
from usher.attribution.facts import JoinRecorded
from usher.attribution.outcomes import (
    Ambiguous,
    Attributed,
    Confidence,
    Kind,
    Method,
    Reason,
    Unattributed,
)
from usher.ids import InviteCode


def two_at_once() -> Guild:
    guild = Guild()
    guild.shown(0, invite("a", 5, by="ann"), invite("b", 2, by="bob"))
    guild.joined("one", 10)
    guild.joined("two", 10.1)
    guild.shown(11, invite("a", 6, by="ann"), invite("b", 3, by="bob"))
    assert isinstance(guild.word("one"), Ambiguous)
    return guild


def recovered(guild: Guild, user: str) -> bool:
    return any(
        isinstance(fact, JoinRecorded) and fact.person.user_id == user and fact.recovered
        for fact in guild.facts
    )


def test_discords_record_of_one_join_settles_the_other_too() -> None:
    guild = two_at_once()
    guild.searched("one", 10, 20, "b")

    guild.waited(20)

    first, second = guild.word("one"), guild.word("two")
    assert isinstance(first, Attributed)
    assert isinstance(second, Attributed)
    assert (first.code, first.inviter_id, first.confidence) == ("b", "bob", Confidence.CONFIRMED)
    assert (second.code, second.confidence) == ("a", Confidence.EXACT)
    assert (guild.pooled("ann"), guild.pooled("bob")) == (0, 0), (
        "the pairings took the pool's place"
    )


def test_discords_record_wins_over_the_count() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 2))
    guild.joined("new", 10)
    guild.shown(11, invite("a", 6), invite("b", 2))
    guild.searched("new", 10, 20, "b")

    guild.waited(20)

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert (word.code, word.method) == ("b", Method.MEMBERS_SEARCH)


def test_discords_record_of_another_road_frees_the_use() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 2))
    guild.joined("seeker", 10)
    guild.joined("guest", 10.1)
    guild.shown(11, invite("a", 6), invite("b", 2))
    guild.searched("seeker", 10, 20, None, source=3)

    guild.waited(20)

    assert guild.word("seeker") == Unattributed(
        Reason.NOT_BY_INVITE, Kind.DISCOVERY, Confidence.CONFIRMED
    )
    word = guild.word("guest")
    assert isinstance(word, Attributed)
    assert word.code == "a"


def test_a_record_hours_later_still_corrects() -> None:
    guild = two_at_once()
    guild.waited(3 * 3600)
    guild.searched("one", 10, 6 * 3600, "b")

    guild.waited(6 * 3600)

    word = guild.word("one")
    assert isinstance(word, Attributed)
    assert word.inviter_id == "bob"


def test_a_record_without_a_code_says_nothing() -> None:
    guild = two_at_once()
    guild.searched("one", 10, 20, None, source=0)

    facts = guild.waited(20)

    assert facts == []


def test_a_member_found_after_an_absence_is_recorded_as_recovered() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 2))
    guild.shown(590, invite("a", 6), invite("b", 2), gap=True)
    guild.found("missed", 300, 601)
    guild.found("old", -9000, 601)
    guild.found("just before", -5, 601)

    guild.waited(601)

    assert recovered(guild, "missed")
    assert guild.word("missed") == Ambiguous((InviteCode("a"),), Reason.AFTER_GAP)
    for user in ("old", "just before"):
        assert guild.records(user) == 0, "who was there before Usher is not a join that it missed"


def test_a_member_found_who_is_on_record_is_not_a_join() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("here", 10)
    guild.shown(11, invite("a", 6))
    guild.shown(600, invite("a", 6), gap=True)
    guild.found("here", 10, 601)

    guild.waited(601)

    assert guild.records("here") == 1


def test_a_list_read_before_an_absence_ended_recovers_nobody_even_when_told_again() -> None:
    # Given a list of members that came before anybody told of the absence
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.found("missed", 300, 400)
    guild.waited(400)
    guild.shown(600, invite("a", 6), gap=True)

    # When it is told again, then it is no news
    guild.found("missed", 300, 400)
    guild.waited(610)
    assert not recovered(guild, "missed")

    # But what is read afterwards is
    guild.found("missed", 300, 620)
    guild.waited(620)
    assert recovered(guild, "missed")


def test_an_invite_made_and_used_up_unseen_is_a_candidate() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.shown(600, invite("a", 5), gap=True)
    guild.audited(40, invite("quick", None, max_uses=1, created=200), 200)
    guild.found("missed", 300, 601)

    guild.waited(601)

    assert guild.word("missed") == Ambiguous((InviteCode("quick"),), Reason.AFTER_GAP)


def test_the_last_word_on_a_join_tells_the_road_that_became_known() -> None:
    # Given two joins, of which one need not be by the invite that ended
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 1))
    guild.joined("one", 10)
    guild.joined("two", 10.1)
    guild.deleted("b", 10.5)
    guild.shown(11, invite("a", 6))
    codes = InviteCode("a"), InviteCode("b")
    assert guild.word("one") == Ambiguous(codes, Reason.SEVERAL_POSSIBLE, Kind.UNKNOWN)

    # When the entry of its deletion shows that it was used, and nothing else follows
    guild.audited(42, invite("b", 2), 10.6)
    guild.waited(12)
    guild.waited(1900)

    # Then both came by an invite
    for user in ("one", "two"):
        assert guild.word(user) == Ambiguous(codes, Reason.SEVERAL_POSSIBLE, Kind.INVITE)


def test_the_entry_of_a_deletion_tells_the_uses_that_no_look_showed() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5, by="ann"), invite("b", 1))
    guild.joined("new", 10)
    guild.deleted("a", 10.5)
    guild.audited(42, invite("a", 6), 10.6)

    guild.shown(11, invite("b", 1))

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert (word.code, word.inviter_id) == ("a", "ann")


def test_an_invite_for_one_person_is_theirs_by_design() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.created(invite("only", 0, by="bot", max_uses=1, created=5), 5)
    guild.targeted("only", "chosen", when=5.1)
    guild.joined("chosen", 10)
    guild.joined("other", 10.1)
    guild.deleted("only", 10.2)

    guild.shown(11, invite("a", 6))

    word, other = guild.word("chosen"), guild.word("other")
    assert isinstance(word, Attributed)
    assert isinstance(other, Attributed)
    assert (word.code, word.confidence) == ("only", Confidence.DETERMINISTIC)
    assert (other.code, other.confidence) == ("a", Confidence.EXACT)


def test_whom_usher_let_in_used_no_invite() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.added("chosen", 9)
    guild.waited(9.5)
    guild.joined("chosen", 10)

    guild.shown(11, invite("a", 5))

    word = guild.word("chosen")
    assert isinstance(word, Attributed)
    assert (word.kind, word.code, word.confidence) == (
        Kind.API, None, Confidence.DETERMINISTIC,
    )  # fmt: skip
