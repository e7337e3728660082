"""Acts by hand and members who come back reach moderation, whatever breaks off."""

import pytest

from tests.builders import GUILD, at, banned, joined, observe
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.ports import GuildSettings
from usher.contracts.audit_acts import AuditAct
from usher.contracts.case_effects import CheckMute, NoteByHand
from usher.contracts.observation import AuditEntry
from usher.ids import UserId
from usher.moderation.observed import AFTERWARDS

KICKED = AuditEntry(20, UserId("9"), "5", None, at(5), made_at=at(4), act=AuditAct("77", "rude"))
TOLD = observe(KICKED, banned("6", 5), joined("8", 5), id="told")


def worker(*, mutes: bool = False) -> Worker:
    there = Worker()
    assert isinstance(there.guilds, FakeGuilds)
    there.guilds.configured[GUILD] = GuildSettings(members_search=False, mutes=mutes)
    return there


def told(there: Worker) -> set[tuple[str, str]]:
    return {(one.user_id, one.what) for one in there.effects.sent if isinstance(one, NoteByHand)}


def test_acts_are_told_and_those_without_an_entry_later() -> None:
    there = worker()

    there.handle(TOLD)

    assert told(there) == {("5", "kick"), ("6", "ban")}
    delays = {
        one.what: there.effects.delays[one.id]
        for one in there.effects.sent
        if isinstance(one, NoteByHand)
    }
    assert delays == {"kick": 0, "ban": AFTERWARDS}
    assert not any(isinstance(one, CheckMute) for one in there.effects.sent)


def test_who_comes_is_looked_at_where_there_are_long_mutes() -> None:
    there = worker(mutes=True)

    there.handle(TOLD)

    assert [one.user_id for one in there.effects.sent if isinstance(one, CheckMute)] == ["8"]


@pytest.mark.parametrize("step", range(1, 12))
def test_a_crash_at_any_step_loses_no_act(step: int) -> None:
    there = worker(mutes=True)
    there.burn(Fuse(step))
    try:
        there.handle(TOLD)
    except BrokenOffError:
        there.burn(Fuse())
        there.handle(TOLD)

    assert told(there) == {("5", "kick"), ("6", "ban")}
    assert any(isinstance(one, CheckMute) for one in there.effects.sent)
