"""What counts and events that come late, or not at all for a time, may and may not settle."""

from tests.unit.attribution.guild import Guild, invite
from usher.attribution.outcomes import Ambiguous, Attributed, Method, Reason, Unattributed
from usher.ids import InviteCode


def names(guild: Guild, user: str) -> tuple[str, ...]:
    word = guild.word(user)
    assert isinstance(word, Ambiguous), f"{user}: {word}"
    return word.candidates


def test_what_shows_after_a_blind_stretch_may_belong_to_any_join_in_it() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("early", 10)
    guild.refused(11)
    guild.refused(131)
    guild.joined("late", 900)

    guild.shown(901, invite("a", 6))

    assert names(guild, "early") == names(guild, "late") == ("a",)


def test_joins_put_away_unseen_leave_doubt_about_what_shows_next() -> None:
    # Given a join that nothing has shown for twenty minutes
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("early", 10)
    guild.refused(11)
    guild.waited(1300)
    assert not guild.state.head.open.joins
    guild.joined("late", 1400)

    guild.shown(1401, invite("a", 6))

    # Then its use may be the one that shows now, but not any later one
    assert guild.word("late") == Ambiguous((InviteCode("a"),), Reason.AFTER_GAP)
    guild.shown(1986, invite("a", 6))
    guild.joined("next", 2500)
    guild.shown(2501, invite("a", 7))
    assert isinstance(guild.word("next"), Attributed)


def test_for_ten_minutes_after_an_absence_a_use_may_be_that_of_somebody_unseen() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.shown(500, invite("a", 5), gap=True)
    guild.joined("soon", 520)
    guild.shown(521, invite("a", 6))
    guild.shown(1106, invite("a", 6))
    guild.joined("later", 1150)
    guild.shown(1151, invite("a", 7))

    assert guild.word("soon") == Ambiguous((InviteCode("a"),), Reason.AFTER_GAP)
    assert isinstance(guild.word("later"), Attributed)


def test_an_invite_made_after_an_absence_was_used_by_nobody_unseen() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.shown(500, invite("a", 5), gap=True)
    guild.created(invite("b", 0, created=510), 510.1)
    guild.joined("new", 520)

    guild.shown(521, invite("a", 5), invite("b", 1, created=510))

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert word.code == "b"


def test_a_list_without_counts_lacks_limits_too_and_takes_none_away() -> None:
    guild = Guild()
    guild.shown(0, invite("single", 0, max_uses=1), invite("b", 1))
    guild.shown(50, invite("single", None), invite("b", None))
    guild.joined("new", 100)
    guild.deleted("single", 100.1)

    guild.shown(101, invite("b", 1))

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert (word.code, word.method) == ("single", Method.LAST_USE)


def test_an_invite_first_seen_without_counts_began_at_none() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.shown(20, invite("a", None), invite("b", None, created=10))
    guild.joined("new", 30)

    guild.shown(31, invite("a", 5), invite("b", 1, created=10))

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert word.code == "b"


def test_news_of_a_creation_that_come_after_the_end_revive_nothing() -> None:
    guild = Guild()
    single = invite("single", 0, max_uses=1, created=5)
    guild.shown(0, invite("a", 5))
    guild.shown(6, invite("a", 5), single)
    guild.joined("first", 10)
    guild.deleted("single", 10.1)
    guild.shown(11, invite("a", 5))
    guild.created(single, 60)
    guild.joined("second", 60.5)

    guild.shown(61, invite("a", 5))

    assert guild.state.codes[InviteCode("single")].joins <= 1
    named = [
        user
        for user in ("first", "second")
        if isinstance(word := guild.word(user), Attributed) and word.code == "single"
    ]
    assert len(named) <= 1, "one use, one member"


def test_a_late_join_upsets_those_whom_it_displaces_one_after_another() -> None:
    # Given A, whom the count of a explains, and C, whom the count of a newer code explains
    guild = Guild()
    guild.shown(0, invite("a", 0))
    guild.created(invite("b", 0, created=10.5), 10.6)
    guild.joined("A", 11)
    guild.shown(12, invite("a", 1), invite("b", 0, created=10.5))
    guild.joined("C", 20)
    guild.shown(21, invite("a", 1), invite("b", 1, created=10.5))
    assert isinstance(guild.word("C"), Attributed)

    # When somebody turns out to have come before both
    guild.joined("D", 10, heard=100)
    guild.shown(101, invite("a", 1), invite("b", 1, created=10.5))

    # Then D may have used a, hence A b, hence C nothing that is seen
    assert names(guild, "D") == ("a",)
    assert names(guild, "A") == ("a", "b")
    assert names(guild, "C") == ("b",)


def test_the_last_uses_of_a_revoked_invite_stay_candidates_after_an_absence() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 1, max_uses=3))
    guild.shown(500, invite("a", 5), invite("b", 1, max_uses=3), gap=True)
    guild.joined("new", 510)
    guild.deleted("b", 510.2)
    guild.audited(42, invite("b", 2, max_uses=3), 510.2)

    guild.shown(511, invite("a", 5))

    assert names(guild, "new") == ("b",)


def test_a_join_stays_open_for_ten_minutes_whoever_it_is_entangled_with() -> None:
    # Given two joins and one use, and the first join's ten minutes are over
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 1))
    guild.joined("first", 10)
    guild.shown(11, invite("a", 5), invite("b", 1))
    guild.joined("second", 605)
    guild.shown(606, invite("a", 6), invite("b", 1))
    guild.waited(615)

    # When another use shows that the second may have made
    guild.joined("third", 690)
    guild.shown(691, invite("a", 6), invite("b", 2))

    assert names(guild, "third") == ("b",)
    assert names(guild, "second") == ("a", "b")


def test_a_vanity_counter_that_is_refused_alone_is_taken_anew() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), vanity=3)
    guild.refused_vanity(60, 403, invite("a", 5))
    guild.joined("new", 1000)

    guild.shown(1001, invite("a", 6), vanity=4)

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert word.code == "a"


def test_a_look_without_its_vanity_counter_is_not_whole() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5), vanity=3)
    guild.joined("early", 10)
    guild.refused_vanity(11, 500, invite("a", 5))
    guild.joined("late", 900)

    guild.shown(901, invite("a", 5), vanity=4)

    assert names(guild, "early") == names(guild, "late") == ("our-guild",)


def test_an_invite_made_while_discord_answered_has_not_ended() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.created(invite("single", 0, max_uses=1, created=99.9), 99.95)
    guild.shown(100, invite("a", 5))
    guild.joined("new", 110)
    guild.deleted("single", 110.1)

    guild.shown(111, invite("a", 5))

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert word.code == "single"


def test_a_deletion_heard_before_the_creation_is_a_last_use_all_the_same() -> None:
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("new", 10)
    guild.deleted("single", 10.1)
    guild.shown(11, invite("a", 5))

    guild.created(invite("single", 0, max_uses=1, created=9), 30)
    guild.waited(31)

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert (word.code, word.method) == ("single", Method.LAST_USE)


def test_a_list_that_lags_tells_what_it_was_that_ended() -> None:
    # Given an invite of whose end alone was heard, and somebody who used it
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("new", 10)
    guild.deleted("single", 10.1)
    guild.shown(11, invite("a", 5), invite("single", 0, max_uses=1, created=9))

    # When news of its creation come after the list that still shows it
    guild.created(invite("single", 0, max_uses=1, created=9), 12)
    guild.shown(13, invite("a", 5))

    word = guild.word("new")
    assert isinstance(word, Attributed)
    assert (word.code, word.method) == ("single", Method.LAST_USE)


def test_uses_from_before_usher_watched_are_nobodys_though_their_invite_ended() -> None:
    guild = Guild()
    guild.deleted("old", 1)
    guild.joined("new", 2)

    guild.shown(3, invite("old", 7))

    assert guild.state.codes[InviteCode("old")].joins == 0
    assert isinstance(guild.word("new"), Unattributed | Ambiguous)


def test_what_an_entry_tells_late_convinces_no_more_than_the_end_did() -> None:
    # Given an invite that ended just when counts were shown again
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 2))
    guild.joined("early", 10)
    guild.refused(11)
    guild.waited(1300)
    guild.joined("late", 1400)
    guild.deleted("b", 1400.5)
    guild.shown(1401, invite("a", 6))

    # When its entry tells of uses that may be those of joins put away by then
    guild.audited(42, invite("b", 3), 1450)
    guild.shown(1451, invite("a", 6))

    assert names(guild, "late") == ("a", "b")


def test_the_entry_of_a_deletion_that_was_taken_for_the_last_use_tells_what_was_used() -> None:
    # Given an invite with two uses left that ends just when two people join
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 1, max_uses=3))
    guild.joined("one", 10)
    guild.joined("two", 10.5)
    guild.deleted("b", 10.6)
    guild.shown(11, invite("a", 5))
    assert isinstance(guild.word("one"), Attributed)

    # When it turns out that a person ended it after one of them
    guild.audited(42, invite("b", 2, max_uses=3), 12)
    guild.shown(13, invite("a", 5))

    # Then one of the two used it, and its inviter has one credit
    assert names(guild, "one") == names(guild, "two") == ("b",)
    assert guild.pooled("inviter-of-b") == 1
    assert guild.state.codes[InviteCode("b")].joins == 1


def test_what_an_ended_invite_shows_late_was_used_before_its_end() -> None:
    # Given an invite with three uses left, deleted when one person had joined
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 0, max_uses=3))
    guild.joined("one", 10)
    guild.deleted("b", 10.1)
    guild.shown(11, invite("a", 5), invite("b", 0, max_uses=3))
    guild.joined("two", 20)

    # When the list, which lags behind, shows a use of it
    guild.shown(21, invite("a", 5), invite("b", 1, max_uses=3))

    assert isinstance(guild.word("one"), Attributed)
    assert not isinstance(guild.word("two"), Attributed | Ambiguous)


def test_an_invite_made_and_used_up_at_the_end_of_an_absence_is_a_candidate() -> None:
    # Given an absence after which the first look fails, and the audit log tells of an invite
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.refused(500, 500, gap=True)
    guild.audited(40, invite("single", None, max_uses=1, created=492), 492)
    guild.found("missed", 494, 501)
    guild.waited(501)

    guild.shown(502, invite("a", 5))

    assert names(guild, "missed") == ("single",)


def test_an_invite_that_the_first_look_after_an_absence_missed_ends_when_it_is_told() -> None:
    # Given an invite made while Discord answered that look, so that it seems to have ended unseen
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.created(invite("single", 0, max_uses=1, created=499.98), 499.99)
    guild.shown(500, invite("a", 5), gap=True)

    # When it is used, and its deletion is told before a list shows it
    guild.joined("new", 502)
    guild.deleted("single", 502.02)
    guild.shown(503, invite("a", 5), invite("single", 0, max_uses=1, created=499.98))

    assert names(guild, "new") == ("single",)


def test_an_entry_of_an_invite_that_the_first_look_missed_tells_its_end_as_well() -> None:
    # Given an invite made while Discord answered that look, so that it seems to have ended unseen
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.created(invite("b", 0, max_uses=2, created=499.98), 499.99)
    guild.shown(500, invite("a", 5), gap=True)

    # When a person deletes it after a use, and the entry comes before the deletion
    guild.joined("new", 502)
    guild.audited(42, invite("b", 1, max_uses=2), 505)
    guild.deleted("b", 505.1)
    guild.shown(506, invite("a", 5))

    assert names(guild, "new") == ("b",)


def test_a_last_use_that_a_list_showed_in_part_is_taken_back_in_part() -> None:
    # Given an invite with two uses left that ends when two people join; a list that lags shows one
    guild = Guild()
    guild.shown(0, invite("a", 5), invite("b", 0, max_uses=2))
    guild.joined("one", 10)
    guild.joined("two", 10.5)
    guild.deleted("b", 10.6)
    guild.shown(11, invite("a", 5), invite("b", 1, max_uses=2))
    assert guild.state.codes[InviteCode("b")].joins == 2

    # When it turns out that a person ended it after that one
    guild.audited(42, invite("b", 1, max_uses=2), 12)
    guild.shown(13, invite("a", 5))

    assert names(guild, "one") == names(guild, "two") == ("b",)
    assert guild.pooled("inviter-of-b") == 1
    assert guild.state.codes[InviteCode("b")].joins == 1


def test_the_audit_log_tells_what_it_was_that_ended_just_after_an_absence() -> None:
    # Given an invite made in an absence, of which its end is heard first
    guild = Guild()
    guild.shown(0, invite("a", 5))
    guild.joined("new", 500)
    guild.deleted("single", 500.02)
    guild.shown(500.05, invite("a", 5), gap=True)

    # When the log, read for the absence, tells of its making
    guild.audited(40, invite("single", None, max_uses=1, created=498), 498)
    guild.waited(500.2)

    assert names(guild, "new") == ("single",)
