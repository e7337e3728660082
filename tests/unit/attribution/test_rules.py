"""The rules by example: what is said of a join under each kind of evidence."""

from tests.unit.attribution.guild import Guild, at, invite
from usher.attribution.facts import MemberDeparted
from usher.attribution.model import CodeStatus, Stored
from usher.attribution.outcomes import (
    Ambiguous,
    Attributed,
    Confidence,
    Kind,
    Method,
    Reason,
    Unattributed,
)
from usher.attribution.rules import attribute, needs_closed_groups
from usher.contracts.observation import InviteLook, MemberJoined, Observation, Person
from usher.ids import VANITY, GuildId, InviteCode, UserId


def code_of(outcome: object) -> str | None:
    assert isinstance(outcome, Attributed), outcome
    return outcome.code


def test_one_join_and_one_risen_count_is_exact() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5, by="ann"), invite("b", 2))
    guild.joined("new", 10)

    guild.shown(11, invite("a", 6, by="ann"), invite("b", 2))

    assert guild.word("new") == Attributed(
        Kind.INVITE, InviteCode("a"), UserId("ann"), Confidence.EXACT, Method.USE_COUNT,
        (InviteCode("a"),), 5, 6,
    )  # fmt: skip


def test_a_single_use_invite_that_vanishes_with_the_join_is_its_invite() -> None:
    for told in (True, False):
        guild = Guild()
        guild.shown(0, invite("once", 0, max_uses=1), invite("b", 2))
        guild.joined("new", 10)
        if told:
            guild.deleted("once", 10.01)

        guild.shown(11, invite("b", 2))

        word = guild.word("new")
        assert code_of(word) == "once"
        assert isinstance(word, Attributed)
        assert word.method is Method.LAST_USE
        assert guild.state.codes[InviteCode("once")].status is CodeStatus.EXHAUSTED


def test_an_invite_created_and_used_between_two_looks_is_known_by_its_creation() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("new", 10)

    guild.shown(11, invite("a", 5), invite("fresh", 1, created=8))

    assert code_of(guild.word("new")) == "fresh"


def test_the_vanity_counter_attributes_to_vanity() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), vanity=7)
    guild.joined("new", 10)

    guild.shown(11, invite("a", 5), vanity=8)

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert (word.kind, word.inviter_id, word.method) == (Kind.VANITY, VANITY, Method.VANITY_COUNT)


def test_a_bot_uses_no_invite_and_leaves_the_evidence_to_others() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("robot", 10, bot=True)
    guild.joined("new", 10.2)

    guild.shown(11, invite("a", 6))

    assert guild.word("robot") == Unattributed(Reason.BOT_ADDED, Kind.BOT)
    assert code_of(guild.word("new")) == "a"


def test_joins_that_may_have_used_each_others_codes_are_ambiguous_and_nobody_is_guessed() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5, by="ann"), invite("b", 2, by="bob"), invite("c", 0))
    guild.joined("one", 10)
    guild.joined("two", 10.1)

    guild.shown(11, invite("a", 6, by="ann"), invite("b", 3, by="bob"), invite("c", 0))

    for user in ("one", "two"):
        assert guild.word(user) == Ambiguous(
            (InviteCode("a"), InviteCode("b")), Reason.SEVERAL_POSSIBLE, Kind.INVITE
        )
    assert (guild.pooled("ann"), guild.pooled("bob")) == (1, 1)


def test_several_joins_through_one_code_are_exact() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 2))
    guild.joined("one", 10)
    guild.joined("two", 10.1)

    guild.shown(11, invite("a", 7), invite("b", 2))

    assert [code_of(guild.word(user)) for user in ("one", "two")] == ["a", "a"]


def test_two_codes_of_one_inviter_make_the_inviter_exact_without_a_code() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5, by="ann"), invite("b", 2, by="ann"))
    guild.joined("one", 10)
    guild.joined("two", 10.1)

    guild.shown(11, invite("a", 6, by="ann"), invite("b", 3, by="ann"))

    word = guild.word("one")
    assert isinstance(word, Attributed)
    assert (word.code, word.inviter_id, word.method) == (None, "ann", Method.SAME_INVITER)
    assert guild.pooled("ann") == 0, "both joins carry their credit themselves"


def test_a_repeated_join_event_is_one_join() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 0))
    guild.joined("new", 10)
    guild.joined("new", 10, heard=10.4)
    guild.shown(11, invite("a", 6), invite("b", 0))
    guild.joined("new", 10, heard=12)

    guild.shown(13, invite("a", 6), invite("b", 0))

    assert guild.records("new") == 1
    assert code_of(guild.word("new")) == "a"


def test_a_refused_look_is_no_observation() -> None:
    guild = Guild()
    guild.shown(0, invite("once", 0, max_uses=1), invite("a", 5))
    guild.joined("new", 10)

    guild.refused(11)

    assert guild.word("new") == Unattributed(Reason.LOOK_FAILED)
    assert guild.state.codes[InviteCode("once")].status is CodeStatus.ACTIVE
    guild.shown(14, invite("once", 0, max_uses=1), invite("a", 6))
    assert code_of(guild.word("new")) == "a"


def test_hidden_counts_are_unknown_and_not_zero() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("one", 10)

    guild.shown(11, invite("a", None))

    assert guild.word("one") == Unattributed(Reason.USES_HIDDEN)
    guild.shown(20, invite("a", 6))
    assert code_of(guild.word("one")) == "a"


def test_a_count_that_lags_is_spent_by_the_join_that_waited() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 2))
    guild.joined("new", 10)
    guild.shown(11, invite("a", 5), invite("b", 2))
    assert guild.word("new") == Unattributed(Reason.NO_USE_SEEN)

    guild.shown(20, invite("a", 6), invite("b", 2))

    assert code_of(guild.word("new")) == "a"


def test_a_count_that_leads_waits_for_its_join() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 2))
    guild.shown(11, invite("a", 6), invite("b", 2))
    guild.joined("new", 10.9, heard=12)

    guild.shown(13, invite("a", 6), invite("b", 2))

    assert code_of(guild.word("new")) == "a"


def test_a_use_seen_before_a_join_happened_is_not_its_use() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 2))
    guild.shown(11, invite("a", 6), invite("b", 2))
    guild.joined("new", 12)

    guild.shown(13, invite("a", 6), invite("b", 3))

    assert code_of(guild.word("new")) == "b"


def test_a_join_that_arrives_late_takes_back_what_seemed_certain() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5, by="ann"), invite("b", 2, by="bob"))
    guild.joined("early", 10)
    guild.shown(11, invite("a", 6, by="ann"), invite("b", 2, by="bob"))
    assert code_of(guild.word("early")) == "a"
    guild.joined("late", 9.9, heard=12)

    guild.shown(13, invite("a", 6, by="ann"), invite("b", 3, by="bob"))

    for user in ("early", "late"):
        word = guild.word(user)
        assert isinstance(word, Ambiguous)
        assert word.candidates == ("a", "b")


def test_an_older_look_lowers_no_count() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("one", 10)
    guild.shown(11, invite("a", 6))
    guild.shown(10.5, invite("a", 5))
    guild.joined("two", 20)

    guild.shown(21, invite("a", 7))

    word = guild.word("two")
    assert isinstance(word, Attributed)
    assert (word.uses_before, word.uses_after) == (6, 7)


def test_an_invite_revoked_by_a_person_served_nobody() -> None:
    guild = Guild()
    guild.shown(0, invite("once", 0, max_uses=1), invite("a", 5))
    guild.joined("new", 10)
    guild.deleted("once", 10.5)
    guild.shown(11, invite("a", 5))
    guild.revoked("once", 12)

    guild.waited(13)

    assert isinstance(guild.word("new"), Unattributed)
    assert guild.state.codes[InviteCode("once")].status is CodeStatus.REVOKED


def test_an_expired_invite_is_no_candidate() -> None:
    guild = Guild()
    guild.shown(0, invite("once", 0, max_uses=1, expires=60), invite("a", 5))
    guild.joined("new", 70)

    guild.shown(71, invite("a", 5))

    assert guild.word("new") == Unattributed(Reason.NO_USE_SEEN)
    assert guild.state.codes[InviteCode("once")].status is CodeStatus.EXPIRED


def test_an_endless_invite_deleted_at_the_join_is_a_candidate_and_not_a_verdict() -> None:
    guild = Guild()
    guild.shown(0, invite("endless", 5), invite("a", 5))
    guild.joined("new", 10)
    guild.deleted("endless", 10.5)

    guild.shown(11, invite("a", 5))

    assert guild.word("new") == Ambiguous((InviteCode("endless"),), Reason.MAYBE_REVOKED)


def test_the_first_look_has_no_baseline() -> None:
    guild = Guild()
    guild.joined("new", 10)

    guild.shown(11, invite("a", 5))

    assert guild.word("new") == Unattributed(Reason.NO_BASELINE)


def test_counts_that_moved_during_an_absence_convince_nobody() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 1))
    guild.joined("new", 500)

    guild.shown(501, invite("a", 6), invite("b", 1), gap=True)

    assert guild.word("new") == Ambiguous((InviteCode("a"),), Reason.AFTER_GAP)
    guild.joined("next", 520)
    guild.shown(521, invite("a", 6), invite("b", 2))
    word = guild.word("next")
    assert isinstance(word, Ambiguous), "the first join may still have used it"


def test_evidence_is_put_away_after_ten_minutes() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 1))
    guild.joined("nobody", 10)
    guild.shown(11, invite("a", 5), invite("b", 1))
    guild.shown(596, invite("a", 5), invite("b", 1))
    guild.waited(700)
    guild.joined("new", 701)

    guild.shown(702, invite("a", 6), invite("b", 1))

    assert code_of(guild.word("new")) == "a"
    assert isinstance(guild.word("nobody"), Unattributed)
    assert not guild.state.head.open.joins


def test_a_leave_is_told_in_its_place() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("new", 10)
    guild.left("new", 10.5)
    guild.joined("new", 10.8)

    facts = guild.shown(12, invite("a", 7))

    assert [type(fact).__name__ for fact in facts] == [
        "JoinRecorded", "MemberDeparted", "JoinRecorded",
    ]  # fmt: skip
    assert isinstance(facts[1], MemberDeparted)
    assert guild.records("new") == 2


def test_the_same_arguments_give_the_same_decision() -> None:
    person = Person(UserId("new"), "new", "new")
    observation = Observation(
        "look", GuildId("9"), "Guild", at(1), (MemberJoined(person, at(0), at(0.1)),),
        InviteLook(at(1), 200, rows=(invite("a", 5),)),
    )  # fmt: skip

    first, second = attribute(Stored(), observation), attribute(Stored(), observation)

    assert first == second
    assert not needs_closed_groups(Stored(), observation)


def test_the_books_balance_so_nothing_stays_open() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 0), invite("b", 0))
    for n in range(10):
        guild.joined(f"user{n}", 100 + n / 20)

    guild.shown(101, invite("a", 4), invite("b", 6))

    assert not guild.state.head.open.joins
    assert (guild.pooled("inviter-of-a"), guild.pooled("inviter-of-b")) == (4, 6)
