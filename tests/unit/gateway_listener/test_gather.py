"""When a guild is looked at, and what goes with which look: on a clock that the test moves."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from gateway_listener.gather import GuildGatherer, LookNow
from usher.contracts.observation import (
    InviteDeleted,
    InviteLook,
    InviteRow,
    MemberJoined,
    MemberLeft,
    MemberUpdated,
    Observation,
    Person,
    VanityLook,
)
from usher.ids import GuildId, InviteCode, UserId

type After = Callable[[float], datetime]


class Guild:
    """Drives a gatherer as the watch does, second by second, answering its looks on request."""

    def __init__(self, after: After) -> None:
        numbers = itertools.count(1)
        self.after = after
        self.gatherer = GuildGatherer(GuildId("100"), lambda: f"o{next(numbers)}")
        self.sent: list[Observation] = []
        self.looks: list[float] = []
        self.now = 0.0

    def until(self, seconds: float) -> None:
        """Let time pass, doing what is due on the way."""
        while True:
            due = self.gatherer.due()
            if due is None or due > self.after(seconds):
                break
            self.now = max(self.now, (due - self.after(0)).total_seconds())
            step = self.gatherer.advance(self.after(self.now))
            assert step is not None, "due, but nothing to do"
            if isinstance(step, LookNow):
                self.looks.append(self.now)
            else:
                self.sent.append(step)
        self.now = seconds

    def join(self, user: int, *, bot: bool = False) -> None:
        person = Person(UserId(str(user)), f"user{user}", f"user{user}", bot=bot)
        at = self.after(self.now)
        self.gatherer.take(MemberJoined(person, at, at))

    def leave(self, user: int) -> None:
        self.gatherer.take(MemberLeft(UserId(str(user)), self.after(self.now)))

    def update(self, user: int) -> None:
        at = self.after(self.now)
        self.gatherer.take(MemberUpdated(UserId(str(user)), at, pending=False, roles=(), at=at))

    def delete(self, code: str) -> None:
        self.gatherer.take(InviteDeleted(InviteCode(code), self.after(self.now)))

    def answer(
        self,
        uses: dict[str, int] | int,
        *,
        at: float | None = None,
        max_uses: int = 0,
        retry_after: float | None = None,
    ) -> Observation:
        """Answer with the codes' uses, or with a status."""
        moment = self.after(self.now if at is None else at)
        if isinstance(uses, int):
            look, vanity = InviteLook(moment, uses), VanityLook(moment, uses)
        else:
            rows = tuple(row(code, count, max_uses) for code, count in uses.items())
            look, vanity = InviteLook(moment, 200, rows=rows), VanityLook(moment, 200)
        pause = None if retry_after is None else timedelta(seconds=retry_after)
        names = ((UserId("300"), "inviter"), (UserId("301"), "other"))
        observation = self.gatherer.answered(self.after(self.now), look, vanity, names, pause)
        self.sent.append(observation)
        return observation


def row(code: str, uses: int, max_uses: int = 0) -> InviteRow:
    return InviteRow(InviteCode(code), UserId("300"), None, uses, max_uses, 0, False, None, None)


def users(observation: Observation) -> list[str]:
    return [
        event.person.user_id if isinstance(event, MemberJoined) else event.user_id
        for event in observation.events
        if isinstance(event, MemberJoined | MemberLeft)
    ]


@pytest.fixture
def guild(after: After) -> Guild:
    return Guild(after)


@pytest.fixture
def warm(guild: Guild) -> Guild:
    """A guild that has been watched for ten minutes: code `a` has 5 uses, `b` has 1."""
    guild.now = -600
    guild.gatherer.start(guild.after(-600))
    for moment in (-600, -15):
        guild.until(moment)
        guild.answer({"a": 5, "b": 1})
    guild.until(0)
    guild.sent.clear()
    guild.looks.clear()
    return guild


def test_the_first_observation_of_a_session_has_a_gap_and_a_full_look(guild: Guild) -> None:
    guild.gatherer.start(guild.after(0))
    guild.until(0)
    observation = guild.answer({"a": 5})
    assert guild.looks == [0]
    assert observation.gap
    assert observation.look is not None
    assert observation.look.full
    assert observation.names == ((UserId("300"), "inviter"),)


def test_a_burst_of_joins_is_one_look_and_one_observation_in_order(warm: Guild) -> None:
    # Given a hundred joins within a second
    for number in range(100):
        warm.until(number / 100)
        warm.join(number)
    # When the gathering is over and the look is answered
    warm.until(1.2)
    observation = warm.answer({"a": 105, "b": 1})
    warm.until(60)
    # Then they are one observation, which tells only what changed
    assert warm.looks == [1]
    assert warm.sent == [observation]
    assert users(observation) == [str(number) for number in range(100)]
    assert observation.look is not None
    assert [changed.code for changed in observation.look.rows] == ["a"]
    assert not observation.look.full
    assert not observation.gap


def test_a_join_before_the_answer_belongs_to_it_and_a_later_one_to_the_next(warm: Guild) -> None:
    # Given a look in flight for a first join
    warm.join(1)
    warm.until(1.5)
    # When a second joins before Discord answers and a third while the answer is on its way
    warm.join(2)
    warm.until(2.5)
    warm.join(3)
    first = warm.answer({"a": 7, "b": 1}, at=2)
    # Then the third is looked at by itself, a gathering later
    assert users(first) == ["1", "2"]
    warm.until(3.5)
    assert warm.looks == [1, 3.5]
    assert users(warm.answer({"a": 8, "b": 1})) == ["3"]


def test_never_are_two_looks_in_flight(warm: Guild) -> None:
    warm.join(1)
    warm.until(1)
    for number in range(2, 9):
        warm.join(number)
        warm.until(number)
    assert warm.looks == [1]


def test_a_deleted_invite_asks_for_a_look(warm: Guild) -> None:
    warm.delete("b")
    warm.until(1)
    assert warm.looks == [1]


def test_a_leave_is_sent_after_a_second_without_a_look(warm: Guild) -> None:
    warm.leave(1)
    warm.until(1)
    assert [users(observation) for observation in warm.sent] == [["1"]]
    assert warm.sent[0].look is None
    assert warm.looks == []


def test_a_leave_waits_for_the_look_that_a_join_asks_for(warm: Guild) -> None:
    warm.leave(1)
    warm.until(0.5)
    warm.join(2)
    warm.until(1.5)
    assert users(warm.answer({"a": 6, "b": 1})) == ["1", "2"]
    assert len(warm.sent) == 1


def test_events_do_not_wait_for_a_look_that_takes_long(warm: Guild) -> None:
    # Given a look that hangs
    warm.join(1)
    warm.until(5)
    # Then the join is sent without it, and the answer follows alone
    assert [users(observation) for observation in warm.sent] == [["1"]]
    warm.until(9)
    late = warm.answer({"a": 6, "b": 1})
    assert late.events == ()
    assert late.look is not None


def test_a_failed_look_is_told_with_the_joins_at_once_and_tried_again_ever_later(
    warm: Guild,
) -> None:
    # Given a join, and an API that fails
    warm.join(1)
    failures = []
    for number, moment in enumerate([1, 3, 13, 43, 163]):
        warm.until(moment)
        assert warm.looks[-1] == moment
        failures.append(warm.answer(500))
        # Then the first failure carries the join, and the others tell that it lasts
        assert users(failures[-1]) == (["1"] if number == 0 else [])
        assert failures[-1].look == InviteLook(warm.after(moment), 500)
    # And when it works again, the look is compared with the last good one
    warm.until(283)
    recovered = warm.answer({"a": 6, "b": 1})
    assert recovered.look is not None
    assert not recovered.look.full
    warm.until(1_000)
    assert len(warm.looks) == 6


def test_a_join_while_looks_are_held_back_is_sent_without_one(warm: Guild) -> None:
    warm.join(1)
    warm.until(1)
    warm.answer(500)
    warm.until(3)
    warm.answer(500)
    warm.until(4)
    warm.join(2)
    warm.until(5)
    assert users(warm.sent[-1]) == ["2"]
    assert warm.sent[-1].look is None
    warm.until(13)
    assert warm.looks == [1, 3, 13]


def test_discords_retry_after_is_obeyed(warm: Guild) -> None:
    warm.join(1)
    warm.until(1)
    warm.answer(429, retry_after=20)
    warm.join(2)
    warm.until(20.9)
    assert warm.looks == [1]
    warm.until(21)
    assert warm.looks == [1, 21]


def test_a_refusing_guild_is_asked_five_times_and_then_only_for_new_joins(warm: Guild) -> None:
    # Given a guild that took Manage Server away
    warm.join(1)
    for moment in (1, 3, 13, 43, 163):
        warm.until(moment)
        warm.answer(403)
    # Then nobody asks any more
    warm.until(10_000)
    assert len(warm.looks) == 5
    # And a join asks again, once
    warm.join(2)
    warm.until(10_001)
    warm.answer(403)
    warm.until(20_000)
    assert len(warm.looks) == 6


def test_a_refusing_guild_is_asked_again_when_its_roles_change(warm: Guild) -> None:
    warm.join(1)
    warm.until(1)
    warm.answer(403)
    warm.until(3)
    warm.answer(403)
    warm.gatherer.permissions_changed(warm.after(3))
    warm.gatherer.permissions_changed(warm.after(3))
    warm.until(13)
    assert warm.looks == [1, 3, 13]
    warm.answer({"a": 6, "b": 1})
    warm.gatherer.permissions_changed(warm.after(13))
    warm.until(1_000)
    assert len(warm.looks) == 3


def test_without_any_join_a_failed_first_look_is_still_repeated(guild: Guild) -> None:
    guild.gatherer.start(guild.after(0))
    guild.until(0)
    guild.answer(0)
    guild.until(2)
    assert guild.looks == [0, 2]


def test_ten_minutes_after_an_absence_is_a_last_look_whatever_happens_meanwhile(
    guild: Guild,
) -> None:
    # Given a guild that is back, somebody who joins and is explained at once
    guild.gatherer.start(guild.after(0))
    guild.until(0)
    guild.answer({"a": 5})
    guild.until(100)
    guild.join(1)
    guild.until(101)
    guild.answer({"a": 6})
    # Then who joined in its last moment has a look before their ten minutes end, and one only
    guild.until(585)
    guild.answer({"a": 6})
    # And so has who joined soon after, whose use may be that of somebody unseen
    guild.until(686)
    guild.answer({"a": 6})
    guild.until(700)
    guild.join(2)
    guild.until(701)
    guild.answer({"a": 7})
    guild.until(5_000)
    assert guild.looks == [0, 101, 585, 686, 701]


def test_a_process_that_goes_on_with_a_session_looks_a_last_time_for_joins_before_it(
    guild: Guild,
) -> None:
    # Given a process that knows nothing of the looks that the one before had planned
    guild.gatherer = GuildGatherer(GuildId("100"), lambda: "o", gap=False)
    guild.gatherer.look_by(guild.after(0))
    guild.until(0)
    assert not guild.answer({"a": 5}).gap

    guild.until(585)
    guild.answer({"a": 5})
    guild.until(5_000)

    assert guild.looks == [0, 585]


def test_a_join_that_may_be_the_one_without_a_use_has_its_last_look(warm: Guild) -> None:
    # Given a join that no count shows
    warm.join(1)
    for moment in (1, 3, 11):
        warm.until(moment)
        warm.answer({"a": 5, "b": 1})
    # When at the next join one use is shown: it may be the first one's
    warm.until(300)
    warm.join(2)
    warm.until(301)
    warm.answer({"a": 6, "b": 1})
    warm.until(586)
    warm.answer({"a": 6, "b": 1})
    warm.until(886)
    warm.answer({"a": 6, "b": 2})
    warm.until(5_000)
    assert warm.looks == [1, 3, 11, 301, 586, 886]


def test_a_guild_that_refuses_has_no_last_look(guild: Guild) -> None:
    guild.gatherer.start(guild.after(0))
    guild.until(0)
    guild.answer({"a": 5})
    guild.join(1)
    for moment in (1, 3, 13, 43, 163):
        guild.until(moment)
        guild.answer(403)
    guild.until(5_000)
    assert len(guild.looks) == 6


def test_counts_that_lag_are_looked_at_again(warm: Guild) -> None:
    # Given two joins of which the counts show one
    warm.join(1)
    warm.join(2)
    warm.until(1)
    warm.answer({"a": 6, "b": 1})
    # Then there is a look after two and after ten seconds, one before ten minutes, and no more
    warm.until(3)
    warm.answer({"a": 6, "b": 1})
    warm.until(11)
    warm.answer({"a": 6, "b": 1})
    warm.until(586)
    warm.answer({"a": 6, "b": 1})
    warm.until(2_000)
    assert warm.looks == [1, 3, 11, 586]


def test_last_looks_for_several_joins_are_one_when_they_are_near(warm: Guild) -> None:
    # Given two joins six seconds apart, and one much later, none of which any count shows
    for second in range(1_000):
        warm.until(second)
        if second in (0, 6, 106):
            warm.join(second)
        if warm.gatherer.looking:
            warm.answer({"a": 5, "b": 1})

    assert [at for at in warm.looks if at > 200] == [586, 692]


def test_counts_that_caught_up_are_not_looked_at_again(warm: Guild) -> None:
    warm.join(1)
    warm.until(1)
    warm.answer({"a": 5, "b": 1})
    warm.until(3)
    warm.answer({"a": 6, "b": 1})
    warm.until(1_000)
    assert warm.looks == [1, 3]


def test_a_vanished_invite_explains_what_it_had_left(after: After) -> None:
    guild = Guild(after)
    guild.gatherer.start(after(0))
    guild.until(0)
    guild.answer({"single": 0}, max_uses=1)
    guild.join(1)
    guild.until(1)
    guild.answer({})
    guild.until(1_000)
    assert guild.looks == [0, 1, 585], "none but the last one after a start"


@pytest.mark.parametrize("listed", [{}, {"a": 5}])
def test_an_invite_made_and_spent_between_two_looks_explains_its_join(
    guild: Guild, listed: dict[str, int]
) -> None:
    guild.gatherer.start(guild.after(0))
    guild.until(0)
    guild.answer(listed)
    guild.delete("unseen")
    guild.join(1)
    guild.until(1)
    guild.answer(listed)
    guild.until(1_000)
    assert guild.looks == [0, 1, 585], "none but the last one after a start"


def test_a_bot_is_never_missing_a_use(warm: Guild) -> None:
    warm.join(1, bot=True)
    warm.until(1)
    warm.answer({"a": 5, "b": 1})
    warm.until(1_000)
    assert warm.looks == [1]


def test_a_new_session_tells_everything_again(warm: Guild) -> None:
    warm.gatherer.start(warm.after(0))
    warm.until(0)
    observation = warm.answer({"a": 5, "b": 1})
    assert observation.gap
    assert observation.look is not None
    assert observation.look.full


def test_sealing_sends_what_is_gathered_and_nothing_twice(warm: Guild) -> None:
    warm.join(1)
    sealed = warm.gatherer.seal(warm.after(0.1))
    assert sealed is not None
    assert users(sealed) == ["1"]
    assert warm.gatherer.seal(warm.after(0.2)) is None


def test_hurrying_makes_the_look_due_at_once(warm: Guild) -> None:
    warm.join(1)
    warm.gatherer.hurry(warm.after(0.1))
    warm.until(0.1)
    assert warm.looks == [0.1]


def test_every_observation_has_its_own_id(warm: Guild) -> None:
    for number in range(5):
        warm.leave(number)
        warm.until(warm.now + 2)
    assert len({observation.id for observation in warm.sent}) == 5


def test_an_update_asks_for_no_look_and_keeps_a_join_from_nothing(warm: Guild) -> None:
    # Given an update, and a join before the update is sent
    warm.update(4)
    warm.until(0.9)
    warm.join(5)
    # When the join's look is answered
    warm.until(1.9)
    observation = warm.answer({"a": 6, "b": 1})
    # Then the look came a second after the join, as ever, and both are told together
    assert warm.looks == [1.9]
    assert [type(event) for event in observation.events] == [MemberUpdated, MemberJoined]
    # And an update alone is sent without a look
    warm.until(20)
    warm.update(4)
    warm.until(21)
    assert [type(event) for event in warm.sent[-1].events] == [MemberUpdated]
    assert warm.looks == [1.9]


def test_a_number_told_while_joins_wait_holds_them_already(warm: Guild) -> None:
    warm.join(5)
    warm.gatherer.counted(40)
    warm.until(1)
    assert warm.answer({"a": 6, "b": 1}).member_count == 40
