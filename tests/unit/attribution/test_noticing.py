"""Notices about invites, and codes that end by the clock: told once, whatever is repeated."""

from datetime import timedelta

import pytest

from tests.builders import GUILD, START, at, joined, left, look, observe, row
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.evidence import state_of
from usher.attribution.model import CodeState, CodeStatus
from usher.attribution.noticing import NoticeKind, due_at, notices
from usher.attribution.ports import GuildSettings
from usher.contracts.observation import CodesDue, Observation
from usher.ids import ChannelId, InviteCode

DAY = 86_400.0
CHANNEL = ChannelId("88")


def worker(*, channel: ChannelId | None = CHANNEL, lead: timedelta | None = None) -> Worker:
    made = Worker()
    assert isinstance(made.guilds, FakeGuilds)
    settings = GuildSettings(notice_channel_id=channel, members_search=False)
    if lead is not None:
        settings = GuildSettings(notice_channel_id=channel, notice_lead=lead, members_search=False)
    made.guilds.configured[GUILD] = settings
    return made


def said(made: Worker) -> list[str]:
    """What the channel is told in the end: effects of one id are one message."""
    return list(made.effects.done().values())


def clock(*codes: str, seconds: float) -> Observation:
    due = CodesDue(tuple(InviteCode(code) for code in codes), at(seconds))
    return observe(due, seconds=seconds)


def state(made: Worker, code: str) -> CodeState:
    assert isinstance(made.guilds, FakeGuilds)
    return made.guilds.guilds[GUILD].codes[InviteCode(code)].now


def uses(count: int, seconds: float, limit: int = 10) -> Observation:
    shown = row("abc", count, max_uses=limit)
    return observe(
        joined(str(count), seconds), look=look(shown, seconds=seconds + 1), seconds=seconds + 1
    )


def test_a_code_near_its_limit_is_told_of_once_and_then_that_it_is_used_up() -> None:
    made = worker()
    made.handle(observe(look=look(row("abc", 7, max_uses=10), seconds=0), seconds=0))

    made.handle(uses(8, 100))
    assert said(made) == []
    made.handle(
        uses(9, 200), observe(look=look(row("abc", 9, max_uses=10), seconds=300), seconds=300)
    )
    assert said(made) == ["Invite `abc` of <@900> is near its limit: 9 of 10 uses are spent."]
    made.handle(observe(joined("10", 400), look=look(seconds=401), seconds=401))
    assert said(made)[1:] == ["Invite `abc` of <@900> is used up: all 10 uses are spent."]
    assert state(made, "abc").status is CodeStatus.EXHAUSTED


@pytest.mark.parametrize(
    ("limit", "before", "after", "kind"),
    [
        (100, 89, 90, NoticeKind.NEAR),
        (100, 90, 91, None),
        (100, 50, 100, NoticeKind.EXHAUSTED),
        (5, 3, 4, NoticeKind.NEAR),
        (4, 2, 3, None),
        (2, 1, 2, NoticeKind.EXHAUSTED),
        (1, 0, 1, None),
        (0, 5, 5000, None),
    ],
)
def test_small_limits_are_used_up_as_a_matter_of_course(
    limit: int, before: int, after: int, kind: NoticeKind | None
) -> None:
    was, now = (state_of(row("abc", n, max_uses=limit)) for n in (before, after))

    found = notices({was.code: was}, [now])

    assert [one.kind for one in found] == ([] if kind is None else [kind])


def test_what_was_so_when_usher_came_is_no_news() -> None:
    made = worker()

    made.handle(observe(look=look(row("abc", 9, max_uses=10), seconds=0), seconds=0))

    assert said(made) == []


def test_without_a_channel_nothing_is_told() -> None:
    made = worker(channel=None)
    made.handle(observe(look=look(row("abc", 7, max_uses=10), seconds=0), seconds=0))

    made.handle(uses(9, 200))

    assert said(made) == []


def test_the_clock_tells_that_a_code_expires_soon_and_then_ends_it() -> None:
    made = worker()
    ending = row("abc", 3, expires=7 * DAY, created=0)
    made.handle(observe(look=look(ending, seconds=1), seconds=1))

    made.handle(clock("abc", seconds=6 * DAY + 30), clock("abc", seconds=6 * DAY + 90))
    end = int(at(7 * DAY).timestamp())
    assert said(made) == [f"Invite `abc` of <@900> expires <t:{end}:R>."]
    made.handle(clock("abc", "unknown", seconds=7 * DAY + 5))

    ended = state(made, "abc")
    assert (ended.status, ended.ended_at) == (CodeStatus.EXPIRED, at(7 * DAY))
    assert due_at(ended, timedelta(days=1)) is None
    assert len(said(made)) == 1


def test_a_code_that_a_late_list_still_shows_is_told_of_once() -> None:
    made = worker()
    ending = row("abc", 3, expires=7 * DAY, created=0)
    made.handle(observe(look=look(ending, seconds=1), seconds=1))
    made.handle(clock("abc", seconds=6 * DAY))

    made.handle(observe(look=look(ending, seconds=6 * DAY + 100), seconds=6 * DAY + 100))
    made.handle(clock("abc", seconds=6 * DAY + 700))

    assert len(said(made)) == 1


def test_a_join_just_before_the_end_of_a_code_may_have_been_by_it() -> None:
    made = worker()
    ending = row("abc", 3, expires=1000, created=0)
    made.handle(observe(look=look(ending, row("def", 0), seconds=1), seconds=1))

    made.handle(
        clock("abc", seconds=1005),
        observe(joined("7", 999), look=look(row("def", 0), seconds=1006), seconds=1006),
    )

    assert isinstance(made.guilds, FakeGuilds)
    word = made.guilds.guilds[GUILD].members["7"].now.word  # type: ignore[index]  # an id is text
    assert word.candidates == ("abc",)
    assert word.inviter_id is None


def test_the_clock_says_nothing_of_the_listener() -> None:
    made = worker()
    ending = row("abc", 3, expires=1000, created=0)
    made.handle(observe(look=look(ending, seconds=1), seconds=1), clock("abc", seconds=1005))

    assert isinstance(made.guilds, FakeGuilds)
    guild = made.guilds.guilds[GUILD]
    assert guild.head.seen_at == at(1)
    assert guild.name == "A guild"


@pytest.mark.parametrize("step", range(1, 8))
def test_a_notice_survives_breaking_off_anywhere_and_is_told_once(step: int) -> None:
    made = worker()
    made.handle(observe(look=look(row("abc", 7, max_uses=10), seconds=0), seconds=0))
    crossing = uses(9, 200)

    made.burn(Fuse(at=step))
    try:
        made.handle(crossing)
    except BrokenOffError:
        made.burn(Fuse())
        made.handle(crossing)
    made.burn(Fuse())
    made.handle(crossing, observe(left("9", 300), seconds=300))

    assert said(made) == ["Invite `abc` of <@900> is near its limit: 9 of 10 uses are spent."]


@pytest.mark.parametrize(
    ("life", "lead", "warned", "expected"),
    [
        (7, timedelta(days=1), False, 6),
        (7, timedelta(days=1), True, 7),
        (7, None, False, 7),
        (1, timedelta(days=1), False, 1),
        (7, timedelta(hours=12), False, 6.5),
    ],
)
def test_the_clock_comes_before_the_end_where_somebody_is_to_be_told(
    life: float, lead: timedelta | None, warned: bool, expected: float
) -> None:
    code = CodeState(
        InviteCode("abc"), None, None, 0, 0, 0, False, START, at(life * DAY), warned=warned
    )

    assert due_at(code, lead) == at(expected * DAY)
