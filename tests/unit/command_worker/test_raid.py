"""/raid as members see it, and what is then set."""

from datetime import timedelta

from tests.unit.command_worker.desk import Desk, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MEMBER, option
from usher.automod.raids import Config, Join, Window, read_config
from usher.channels.locks import LOCK, SERVER
from usher.contracts.deeds import SettingChanged
from usher.ids import ChannelId, GuildId, UserId
from usher.timing.terms import Term

HERE = GuildId(GUILD)


def run(there: Desk, line: str, **options: int) -> str:
    return words(there.run(line, *(option(name, value) for name, value in options.items())))


def held(there: Desk) -> Config | None:
    return read_config(there.services.settings.find(HERE, "guild#raid"))


def test_watching_begins_as_is_usual_and_again_as_it_was_last() -> None:
    there = Desk()
    assert "Watching: off" in run(there, "raid status")

    said = run(there, "raid on")
    assert held(there) == Config()
    assert "10 joins within 30 seconds" in said
    assert "nobody gets in by an invite for 1 hour" in said
    assert "I watch already" in run(there, "raid on")

    run(there, "raid config", joins=5, seconds=60, age=7, pause=0)
    last = Config(5, 60, timedelta(days=7), timedelta(0))
    assert held(there) == last
    assert "I do not watch" in run(there, "raid off")
    assert held(there) is None
    run(there, "raid off")
    assert "nothing but a word to the moderators" in run(there, "raid on")
    assert held(there) == last


def test_what_is_left_out_stays_as_it_was() -> None:
    there = Desk()
    run(there, "raid config", joins=5, seconds=60, age=7, pause=30)
    run(there, "raid config", joins=6, seconds=20)
    assert held(there) == Config(6, 20, timedelta(days=7), timedelta(minutes=30))
    said = run(there, "raid config", joins=6, seconds=20, age=0)
    assert held(there) == Config(6, 20, None, timedelta(minutes=30))
    assert "younger" not in said


def test_the_status_tells_who_came_and_whether_the_door_is_closed() -> None:
    there = Desk()
    run(there, "raid on")
    joins = [Join(UserId(str(n)), NOW - timedelta(minutes=n * 4)) for n in range(4)]
    there.services.windows.windows[HERE] = Window(tuple(joins), began_at=NOW)
    there.services.rooms.desk.paused = NOW + timedelta(hours=1)

    said = run(there, "raid status")

    assert "3 members in the last ten minutes" in said
    assert "last raid <t:" in said
    assert "Invites: paused until <t:" in said
    there.services.rooms.desk.paused = NOW - timedelta(hours=1)
    assert "Invites: let people in" in run(there, "raid status")


def test_what_is_missing_for_a_raid_is_said_beforehand() -> None:
    there = Desk()
    said = words(there.run("raid on", app_permissions="1024"))
    assert "I need Manage Server for that" in said
    assert "nowhere. `/modconfig log` names a channel." in said

    log = SettingChanged("x", "mod#log_channel_id", "77", UserId(MEMBER), NOW)
    there.services.deeds.do(HERE, log)
    said = words(there.run("raid status", app_permissions=str(1 << 5)))
    assert "Moderators are told in: <#77>" in said
    assert "I need" not in said


def test_off_opens_the_door_again() -> None:
    there = Desk()
    run(there, "raid on")
    there.services.rooms.desk.paused = NOW + timedelta(hours=1)
    assert "Invites let people in again." in run(there, "raid off")
    assert there.services.rooms.desk.paused != NOW + timedelta(hours=1)
    assert there.services.rooms.desk.reasons == [f"Raid over by {MEMBER}"]


def test_off_leaves_the_pause_of_a_lock() -> None:
    there = Desk()
    there.services.rooms.desk.paused = NOW + timedelta(hours=1)
    there.services.rooms.terms.write(Term(HERE, LOCK, SERVER, "1"), None)
    assert "Invites stay paused: the server is locked" in run(there, "raid off")
    assert there.services.rooms.desk.paused is not None


def test_a_door_that_does_not_open_is_told() -> None:
    there = Desk()
    run(there, "raid on")
    there.services.rooms.desk.paused = NOW + timedelta(hours=1)
    there.services.rooms.desk.refused.add((ChannelId(GUILD), "pause"))
    assert "Invites may still be paused" in run(there, "raid off")
    assert held(there) is None


def test_numbers_out_of_bounds_are_refused() -> None:
    there = Desk()
    for wrong in ({"joins": 2}, {"joins": 101}, {"seconds": 4}, {"seconds": 301}, {"pause": 1441}):
        asked = {"joins": 10, "seconds": 30} | wrong
        assert "must be at" in run(there, "raid config", **asked)
    assert held(there) is None
