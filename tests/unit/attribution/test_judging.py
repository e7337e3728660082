"""From what is observed to verdicts in the ledger: by which rules, and when."""

from dataclasses import replace

import pytest

from tests.builders import (
    GUILD,
    at,
    changed,
    joined,
    left,
    look,
    observe,
    person,
    recount,
    row,
    searched,
)
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.judging import DID_REJOIN
from usher.contracts.observation import MemberJoined, MemberUpdated
from usher.credit.fake import Rules, version_of
from usher.credit.queries import Tally
from usher.credit.rules import MemberRecord
from usher.ids import RoleId, UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, LineType
from usher.rewards.owed import owed_by


def begun(*settings: tuple[str, str | None]) -> Worker:
    """A guild that is known, with settings."""
    worker = Worker()
    rows = row("abc"), row("def", 0, "901")
    worker.handle(observe(look=look(*rows, seconds=-700), seconds=-700))
    for n, (name, value) in enumerate(settings):
        worker.handle(observe(changed(name, value, f"s{n}", -10), seconds=-10))
    return worker


def lines(worker: Worker, kind: LineType) -> list[Line]:
    found = (read_line(content) for content in worker.objects.under("lines/").values())
    return sorted((one for one in found if one.type is kind), key=lambda one: one.seq or (0, 0))


def tallies(worker: Worker) -> dict[str, Tally]:
    assert isinstance(worker.guilds, FakeGuilds)
    held = worker.guilds.guilds[GUILD].counters
    return {who: t for (who, period), t in held.items() if period == "all" and t != Tally()}


def record(worker: Worker, user: str = "7") -> MemberRecord:
    return worker.guilds.members(GUILD, [UserId(user)], "").now[UserId(user)]


def joins(worker: Worker, user: str, seconds: float, uses: int, other: int = 0) -> None:
    seen = look(row("abc", uses), row("def", other, "901"), seconds=seconds + 1)
    worker.handle(observe(joined(user, seconds), look=seen, seconds=seconds + 1))


def test_a_join_by_an_invite_of_ones_own_is_fake_from_the_start() -> None:
    worker = begun()

    joins(worker, "900", 10, 1)

    [line] = lines(worker, LineType.JOIN)
    assert (line.verdict, line.rules) == (("self_invite",), version_of(Rules()))
    assert tallies(worker) == {"900": Tally(tracked=1, fake=1)}


def test_what_rules_ask_for_stands_on_the_line_and_the_record() -> None:
    worker = begun(("fake#rejoin", "on"))
    someone = replace(person("7"), has_avatar=True)
    back = MemberJoined(someone, at(10), at(10.05), flags=DID_REJOIN)

    worker.handle(observe(back, look=look(row("abc", 1), row("def", 0, "901")), seconds=12))

    [line] = lines(worker, LineType.JOIN)
    assert (line.has_avatar, line.returned, line.verdict) == (True, True, ("rejoin",))
    known = record(worker)
    assert (known.has_avatar, known.returned, known.verdict) == (True, True, ("rejoin",))


def test_a_join_after_one_on_record_is_a_rejoin() -> None:
    worker = begun(("fake#rejoin", "on"))

    joins(worker, "7", 10, 1)
    worker.handle(observe(left("7", 20), seconds=20))
    joins(worker, "7", 30, 2)

    assert [line.verdict for line in lines(worker, LineType.JOIN)] == [(), ("rejoin",)]
    assert tallies(worker) == {"900": Tally(tracked=2, fake=1, left=1)}


def test_who_leaves_within_the_hours_is_fake_and_who_stays_longer_has_left() -> None:
    worker = begun(("fake#left_within", "1"))

    joins(worker, "7", 10, 1)
    joins(worker, "8", 40, 2)
    worker.handle(observe(left("7", 3609), seconds=3609), observe(left("8", 3641), seconds=3641))

    assert [line.verdict for line in lines(worker, LineType.LEAVE)] == [("left_within",), None]
    assert tallies(worker) == {"900": Tally(tracked=2, fake=1, left=1)}


def test_what_a_rule_says_of_an_open_join_is_held_and_booked_when_the_inviter_is_known() -> None:
    # Given two joins that two codes explain equally, one of a person without an avatar who left
    worker = begun(("fake#default_avatar", "on"), ("fake#left_within", "1"), ("block#901", "on"))
    plain, shown = joined("7", 10), joined("8", 10.5)
    shown = replace(shown, person=replace(shown.person, has_avatar=True))
    seen = look(row("abc", 1), row("def", 1, "901"), seconds=12)
    worker.handle(observe(plain, shown, look=seen, seconds=12))
    worker.handle(observe(left("7", 20), seconds=20))
    assert record(worker).verdict == ("left_within", "default_avatar")
    assert sum(tally.fake + tally.left for tally in tallies(worker).values()) == 0

    # When Discord's record names the inviters
    told = searched("7", 10, "abc", "900"), searched("8", 10.5, "def", "901")
    worker.handle(observe(*told, seconds=60))

    # Then each verdict is booked, and the blocked inviter's with them
    corrected = {line.user_id: line.verdict for line in lines(worker, LineType.CORRECTION)}
    assert corrected == {"7": ("left_within", "default_avatar"), "8": ("blocked",)}
    assert tallies(worker) == {"900": Tally(tracked=1, fake=1), "901": Tally(tracked=1, fake=1)}


def test_changed_rules_leave_the_past_alone_until_it_is_judged_again() -> None:
    worker = begun()
    joins(worker, "900", 10, 1)
    joins(worker, "7", 30, 2)
    settings = changed("fake#self_invite", "off", "x"), changed("fake#default_avatar", "on", "y")
    worker.handle(observe(*settings, seconds=40))
    assert tallies(worker) == {"900": Tally(tracked=2, fake=1)}

    # When some are judged again, of whom one is a stranger
    worker.handle(observe(recount("900", "7", "5"), seconds=50))

    said = {line.user_id: (line.verdict, line.by) for line in lines(worker, LineType.VERDICT)}
    assert said == {
        "900": (("default_avatar",), "990"),
        "7": (("default_avatar",), "990"),
    }
    assert tallies(worker) == {"900": Tally(tracked=2, fake=2)}

    # so that the inviter's standing is to be looked at
    assert owed_by(lines(worker, LineType.VERDICT), {}).users == ("900",)

    # and again
    worker.handle(observe(recount("900", "7", id_="another"), seconds=60))
    assert len(lines(worker, LineType.VERDICT)) == 2


def updated(user: str, joined_seconds: float, *roles: str, seconds: float = 40) -> MemberUpdated:
    held = tuple(RoleId(role) for role in roles)
    return MemberUpdated(UserId(user), at(joined_seconds), False, held, at(seconds))


def test_who_has_not_the_required_role_is_fake_until_it_comes_and_again_when_it_goes() -> None:
    worker = begun(("fake#missing_role", "5"))
    joins(worker, "7", 10, 1)
    assert tallies(worker) == {"900": Tally(tracked=1, fake=1)}

    worker.handle(observe(updated("7", 10, "4", "5"), seconds=40))
    assert tallies(worker) == {"900": Tally(tracked=1)}

    # it comes and goes within one message, and what is told of another membership is ignored
    both = updated("7", 10, "5"), updated("7", 10), updated("7", 9, "5"), updated("8", 9)
    worker.handle(observe(*both, seconds=50))
    assert tallies(worker) == {"900": Tally(tracked=1, fake=1)}
    said = [(line.verdict, line.lacks) for line in lines(worker, LineType.VERDICT)]
    assert said == [((), None), (("missing_role",), "5")]


def test_who_comes_with_the_required_role_is_not_fake() -> None:
    worker = begun(("fake#missing_role", "5"))
    event = replace(joined("7", 10), roles=(RoleId("5"),))

    worker.handle(observe(event, look=look(row("abc", 1), row("def", 0, "901")), seconds=12))

    assert tallies(worker) == {"900": Tally(tracked=1)}


def test_without_the_rule_roles_are_nothing_to_the_ledger() -> None:
    worker = begun()
    joins(worker, "7", 10, 1)

    worker.handle(observe(updated("7", 10, "5"), seconds=40))

    assert lines(worker, LineType.VERDICT) == []


def test_another_required_role_says_nothing_of_who_was_seen_before_it() -> None:
    worker = begun(("fake#missing_role", "5"))
    joins(worker, "7", 10, 1)
    worker.handle(observe(changed("fake#missing_role", "6", "x"), seconds=30))

    worker.handle(observe(recount("7"), seconds=40))

    assert record(worker).verdict == ()
    assert record(worker).lacks == "5"


def test_bots_are_never_fake() -> None:
    worker = begun(("fake#default_avatar", "on"))

    worker.handle(observe(joined("55", 10, bot=True)), observe(recount("55"), seconds=40))

    assert lines(worker, LineType.VERDICT) == []
    assert record(worker, "55").verdict == ()


def test_while_tracking_is_off_joins_are_recorded_and_credited_to_nobody() -> None:
    worker = begun(("guild#tracking", "off"))

    joins(worker, "7", 10, 1)
    worker.handle(observe(left("7", 20), seconds=20))

    [line] = lines(worker, LineType.JOIN)
    assert line.word is not None
    assert (line.word.inviter_id, line.untracked) == ("900", True)
    assert tallies(worker) == {}


def test_a_join_of_the_time_when_tracking_was_off_stays_so_however_late_it_is_told() -> None:
    worker = begun()
    joins(worker, "6", 5, 1)
    worker.handle(observe(changed("guild#tracking", "off", "x", 10), seconds=10))
    worker.handle(observe(changed("guild#tracking", None, "y", 20), seconds=20))

    # When joins of before, of the time between and of afterwards are told together
    seen = look(row("abc", 4), row("def", 0, "901"), seconds=22)
    three = joined("7", 9), joined("8", 15), joined("9", 20)
    worker.handle(observe(*three, look=seen, seconds=22))

    said = {line.user_id: line.untracked for line in lines(worker, LineType.JOIN)}
    assert said == {"6": False, "7": False, "8": True, "9": False}
    assert tallies(worker) == {"900": Tally(tracked=3)}


@pytest.mark.parametrize(("off", "credited"), [(None, 1), ("off", 0)])
def test_uses_without_a_pairing_are_credited_unless_tracking_was_off(
    off: str | None, credited: int
) -> None:
    worker = begun(("guild#tracking", off))

    seen = look(row("abc", 1), row("def", 1, "901"), seconds=12)
    worker.handle(observe(joined("7", 10), joined("8", 10.5), look=seen, seconds=12))

    assert sum(tally.tracked for tally in tallies(worker).values()) == 2 * credited


def test_the_same_switch_twice_is_one() -> None:
    worker = begun(("guild#tracking", None), ("guild#tracking", "off"), ("guild#tracking", "off"))
    assert isinstance(worker.guilds, FakeGuilds)

    assert worker.guilds.guilds[GUILD].head.off == ((at(-10), None),)
