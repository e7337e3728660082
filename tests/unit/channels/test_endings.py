"""Slowmodes and locks whose time is over, through what ends them at the effects door."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests.builders import GUILD, at
from tests.fakes.channels import GENERAL, FakeChannels, channel
from tests.fakes.rewards import OWN_ROLE, FakeHall, role
from tests.fakes.timing import FakeAdmins, FakeGauge, FakeTerms
from usher.channels.bits import ADMINISTRATOR
from usher.channels.codec import (
    Lock,
    ServerLock,
    Slowmode,
    write_lock,
    write_server_lock,
    write_slowmode,
)
from usher.channels.endings import LockEnder, SlowmodeEnder
from usher.channels.locking import plan
from usher.channels.locks import LOCK, SERVER, Draft, hold
from usher.channels.model import Channel
from usher.channels.slowmodes import SLOWMODE
from usher.ids import ChannelId, UserId
from usher.invites.ports import DeskError, DeskRefusedError
from usher.platform.discord_rest import UnavailableError
from usher.timing.term_endings import Ender, TermEndings
from usher.timing.terms import Term, end_of

END = at(600)
SLOWED = channel(slowmode=60)
SLOW = Term(GUILD, SLOWMODE, GENERAL, "v1", END, write_slowmode(Slowmode(60, 5)))


@dataclass
class Bench:
    """A channel, and what ends what holds there."""

    desk: FakeChannels = field(default_factory=lambda: FakeChannels({GENERAL: SLOWED}))
    terms: FakeTerms = field(default_factory=FakeTerms)
    admins: FakeAdmins = field(default_factory=FakeAdmins)
    now: datetime = END

    def end(self, term: Term) -> bool:
        enders: dict[str, Ender] = {SLOWMODE: SlowmodeEnder(self.desk), LOCK: LockEnder(self.desk)}
        order = end_of(term)
        assert order is not None
        return TermEndings(self.terms, enders, self.admins, FakeGauge(), lambda: self.now).end(
            order
        )

    def row(self, term: Term) -> Term:
        found = self.terms.read(GUILD, term.key)
        assert found is not None
        return found

    def locked(self) -> Term:
        """Lock the channel until the end."""
        town = FakeHall()
        town.put(role(OWN_ROLE, 50, ADMINISTRATOR, managed=True))
        hall = town.hall(GUILD)
        here = self.desk.there[GENERAL]
        assert hall is not None
        record = Lock(UserId("1"), touched=plan(here, hall, None).touched)
        term = self.terms.put(Term(GUILD, LOCK, GENERAL, "v1", END, write_lock(record)))
        hold(self.desk, Draft(term, here, record), "")
        return term


def test_a_slowmode_goes_back_to_what_was_before() -> None:
    bench = Bench()
    bench.terms.put(SLOW)

    assert bench.end(SLOW)

    assert bench.desk.there[GENERAL].slowmode == 5
    assert bench.row(SLOW).ended


@pytest.mark.parametrize("meanwhile", [0, 30, None])
def test_a_slowmode_that_somebody_has_changed_or_a_channel_that_is_gone_stays(
    meanwhile: int | None,
) -> None:
    bench = Bench(FakeChannels({} if meanwhile is None else {GENERAL: channel(slowmode=meanwhile)}))
    bench.terms.put(SLOW)

    assert bench.end(SLOW)

    assert bench.desk.changes == []
    assert bench.row(SLOW).ended


def test_a_refused_end_is_told_once_with_its_remedy_and_tried_again() -> None:
    bench = Bench()
    bench.terms.put(SLOW)
    bench.desk.refused.add((GENERAL, "slowmode"))

    assert not bench.end(SLOW)
    [said] = bench.admins.messages.values()
    assert f"I cannot end the slowmode of <#{GENERAL}>" in said
    assert "Manage Channels" in said

    bench.desk.refused.clear()
    assert bench.end(bench.row(SLOW))
    assert bench.desk.there[GENERAL].slowmode == 5


def test_a_channel_that_usher_sees_no_more_is_not_taken_for_gone() -> None:
    class Blind(FakeChannels):
        def channel(self, channel_id: ChannelId) -> Channel | None:
            raise DeskRefusedError

    bench = Bench()
    locked, slowed = bench.locked(), bench.terms.put(SLOW)
    bench.desk = Blind(bench.desk.there)

    assert not bench.end(locked)
    assert not bench.end(slowed)

    assert not bench.row(locked).ended
    assert not bench.row(slowed).ended
    assert len(bench.admins.messages) == 2


def test_discord_s_own_error_reaches_the_door() -> None:
    bench = Bench()
    bench.terms.put(SLOW)
    bench.desk.failing = DeskError()
    bench.desk.failing.__cause__ = UnavailableError(503)

    with pytest.raises(UnavailableError):
        bench.end(SLOW)

    assert not bench.row(SLOW).ended


def test_a_lock_ends_and_leaves_the_channel_as_it_was() -> None:
    bench = Bench()
    before = bench.desk.there[GENERAL]
    term = bench.locked()
    assert bench.desk.there[GENERAL] != before

    assert bench.end(term)

    assert bench.desk.there[GENERAL] == before


def test_a_lock_whose_end_is_refused_goes_on() -> None:
    bench = Bench()
    term = bench.locked()
    bench.desk.refused.add((GENERAL, GUILD))

    assert not bench.end(term)

    assert bench.row(term).due_at == END + timedelta(minutes=5)
    [said] = bench.admins.messages.values()
    assert f"I cannot end the lock of <#{GENERAL}>" in said


def test_a_newer_lock_that_was_begun_while_the_old_one_ended_holds() -> None:
    bench = Bench()
    term = bench.locked()
    shut = bench.desk.there[GENERAL]
    newer = replace(term, version="v2", due_at=None)

    class Slow(FakeChannels):
        def remove(self, channel_id: ChannelId, overwrite_id: str, reason: str) -> None:
            super().remove(channel_id, overwrite_id, reason)
            bench.terms.put(newer)

    bench.desk = Slow(bench.desk.there)
    assert not bench.end(term)

    assert bench.desk.there[GENERAL] == shut
    assert bench.row(term) == newer


def test_a_newer_slowmode_that_was_begun_meanwhile_holds() -> None:
    bench = Bench()
    bench.terms.put(SLOW)
    newer = replace(SLOW, version="v2", due_at=None, held=write_slowmode(Slowmode(120, 5)))

    class Slow(FakeChannels):
        def slow(self, channel_id: ChannelId, seconds: int, reason: str) -> None:
            super().slow(channel_id, seconds, reason)
            bench.terms.put(newer)

    bench.desk = Slow(bench.desk.there)
    assert not bench.end(SLOW)

    assert bench.desk.there[GENERAL].slowmode == 120


def test_a_server_s_lock_lets_people_in_again() -> None:
    paused = END + timedelta(hours=3)
    bench = Bench(FakeChannels(paused=paused))
    kept = write_server_lock(ServerLock(UserId("1"), "", paused.isoformat()))
    term = bench.terms.put(Term(GUILD, LOCK, SERVER, "v1", END, kept))

    assert bench.end(term)

    assert bench.desk.paused is None


def test_a_pause_that_cannot_be_ended_is_told() -> None:
    paused = END + timedelta(hours=3)
    bench = Bench(FakeChannels(paused=paused, refused={(ChannelId(GUILD), "pause")}))
    kept = write_server_lock(ServerLock(UserId("1"), "", paused.isoformat()))
    term = bench.terms.put(Term(GUILD, LOCK, SERVER, "v1", END, kept))

    assert not bench.end(term)

    [said] = bench.admins.messages.values()
    assert "give my role Manage Server" in said
