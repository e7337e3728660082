"""Who is greeted after which observations, and that a crash loses none of it."""

from dataclasses import replace

import pytest

from tests.builders import GUILD, at, joined, left, look, observe, row
from tests.fakes.fuse import BREAKS, BrokenOffError, DiedError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.ports import GuildSettings
from usher.contracts.effect import CountReferral, Greet
from usher.contracts.observation import MemberJoined, MemberUpdated, Observation
from usher.greeting.rules import CAUSE_SECONDS, MOST, UNSURE_SECONDS
from usher.greeting.settings import Occasion
from usher.ids import UserId
from usher.times import format_time

BOTH = frozenset(Occasion)


def worker(on: frozenset[Occasion] = BOTH) -> Worker:
    guilds = FakeGuilds()
    guilds.greeting[GUILD] = on
    made = Worker(guilds=guilds)
    made.handle(observe(look=look(row("abc", 3), seconds=0), seconds=0))
    return made


def join(user: str = "7", uses: int = 4, *, pending: bool = False) -> Observation:
    came = replace(joined(user), pending=pending)
    return replace(observe(came, look=look(row("abc", uses)), id=f"j{user}"), member_count=5)


def update(user: str = "7", *, pending: bool = False, seconds: float = 30) -> MemberUpdated:
    return MemberUpdated(UserId(user), at(10), pending, (), at(seconds))


def greets(made: Worker) -> list[tuple[str, str, int]]:
    """Occasion, member and delay of every greeting asked for, each id once."""
    found = {effect.id: effect for effect in made.effects.sent if isinstance(effect, Greet)}
    delays = made.effects.delays
    return [(one.occasion, one.user_id, delays[one.id]) for one in found.values()]


def test_a_join_whose_inviter_is_sure_is_greeted_at_once() -> None:
    made = worker()
    made.handle(join())
    assert greets(made) == [("welcome", "7", 0)]
    (greet,) = [effect for effect in made.effects.sent if isinstance(effect, Greet)]
    assert (greet.guild_name, greet.members) == ("A guild", 5)
    assert greet.joined_at == format_time(at(10))


def test_one_whose_inviter_is_not_waits_for_discord_s_record() -> None:
    made = worker()
    made.handle(join(uses=3))
    assert greets(made) == [("welcome", "7", UNSURE_SECONDS)]


def test_who_has_to_pass_the_screening_is_greeted_when_they_have() -> None:
    made = worker()
    made.handle(join(pending=True))
    made.handle(observe(update(pending=True, seconds=20)))
    assert greets(made) == []
    report = made.handle(observe(update()))
    assert greets(made) == [("welcome", "7", 0)]
    assert report.effects == 1
    # And the same greeting, by its id, where they change again
    made.handle(observe(replace(update(), at=at(60))))
    assert len(greets(made)) == 1


def looks(made: Worker) -> list[str]:
    """Who is looked at for the link they came by, each id once."""
    found = {effect.id: effect for effect in made.effects.sent if isinstance(effect, CountReferral)}
    return [one.user_id for one in found.values()]


def test_who_has_passed_the_screening_is_looked_at_for_their_link() -> None:
    made = worker(frozenset())
    made.guilds.configured[GUILD] = GuildSettings(referrals=True)  # type: ignore[attr-defined]
    made.handle(join(pending=True))
    made.effects.sent.clear()
    for seconds in (30, 60):
        made.handle(observe(replace(update(), at=at(seconds))))
    assert looks(made) == ["7"]
    made.handle(join("8", 5))
    made.effects.sent.clear()
    made.handle(observe(update("8", seconds=70)))
    assert looks(made) == []


def test_without_links_the_screening_has_nobody_looked_at() -> None:
    made = worker(frozenset())
    made.handle(join(pending=True), observe(update()))
    assert looks(made) == []


def test_a_screening_passed_within_the_same_message_counts() -> None:
    made = worker()
    came = replace(joined("7"), pending=True)
    made.handle(observe(came, update(seconds=10.5), look=look(row("abc", 4))))
    assert greets(made) == [("welcome", "7", 0)]


def test_an_update_of_who_was_never_held_up_or_is_unknown_greets_nobody() -> None:
    made = worker()
    made.handle(join())
    made.effects.sent.clear()
    made.handle(observe(update()), observe(update("8")))
    assert greets(made) == []


def test_bots_are_not_welcomed() -> None:
    made = worker()
    made.handle(observe(joined("7", bot=True), look=look(row("abc", 3))))
    assert greets(made) == []


def test_a_leave_is_a_farewell_once_the_audit_log_has_had_its_say() -> None:
    made = worker()
    made.handle(join())
    made.handle(observe(left("7", 30), seconds=31))
    assert greets(made)[1:] == [("farewell", "7", CAUSE_SECONDS)]


def test_what_is_switched_off_is_not_sent() -> None:
    made = worker(frozenset({Occasion.FAREWELL}))
    made.handle(join(), observe(left("7", 30), seconds=31))
    assert [occasion for occasion, _, _ in greets(made)] == ["farewell"]


def test_a_raid_asks_for_no_more_than_are_said() -> None:
    made = worker()
    raid = [joined(str(user)) for user in range(100, 200)]
    made.handle(observe(*raid, look=look(row("abc", 103))))
    assert len(greets(made)) == MOST


STORY = (
    join(),
    replace(join("8", 5, pending=True), at=at(13)),
    observe(update("8", seconds=14), id="u8", seconds=15),
    observe(left("7", 30), id="l7", seconds=31),
)


@pytest.mark.parametrize(("before", "error"), BREAKS)
def test_broken_off_at_any_step_and_delivered_again_everybody_is_greeted(
    before: bool, error: type[BaseException]
) -> None:
    whole = worker()
    start = whole.fuse.steps
    whole.handle(*STORY)
    expected = sorted(greets(whole))
    assert [user for _, user, _ in expected] == ["7", "7", "8"]
    for step in range(1, whole.fuse.steps - start + 1):
        made = worker()
        made.burn(Fuse(step, before, error))
        for observation in STORY:
            try:
                made.handle(observation)
            except (BrokenOffError, DiedError):
                made.burn(Fuse())
                made.handle(observation)
        assert sorted(greets(made)) == expected, step


def test_a_repeated_join_is_greeted_by_whom_it_was_recorded() -> None:
    made = worker()
    made.handle(join())
    made.effects.sent.clear()
    came = joined("7")
    assert isinstance(came, MemberJoined)
    made.handle(observe(came, id="again"))
    assert greets(made) == []
