"""Dispatches that go wrong on demand, as the sessions would see them."""

import asyncio

import pytest

from infra.practice import Practice
from infra.practice.intents import Dispatches
from infra.practice.json_types import as_object

ADD = "GUILD_MEMBER_ADD"


@pytest.fixture
def delivered(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Dispatches:
    """What reaches the gateway, without the messages of welcome."""
    sent: Dispatches = []

    def take(dispatches: Dispatches) -> None:
        sent.extend(item for item in dispatches if item.event != "MESSAGE_CREATE")

    monkeypatch.setattr(practice.core.hub, "publish", take)
    return sent


def join(practice: Practice, *names: str, code: str = "JonasOpen7") -> None:
    for name in names:
        practice.join(practice.guild.id, code=code, user=name)


def newcomers(practice: Practice, delivered: Dispatches) -> list[str | None]:
    people = [as_object(item.data["user"]) for item in delivered if item.event == ADD]
    return [practice.world.user(str(person["id"])).global_name for person in people]


def test_a_lost_dispatch_never_arrives_though_the_join_happened(
    practice: Practice, delivered: Dispatches
) -> None:
    practice.faults.lose_dispatches(ADD, times=2)
    join(practice, "One", "Two", "Three")

    assert newcomers(practice, delivered) == ["Three"]
    assert practice.guild.invites["JonasOpen7"].uses == 5


def test_a_duplicate_arrives_twice_and_only_its_kind(
    practice: Practice, delivered: Dispatches
) -> None:
    practice.faults.duplicate(ADD, times=1)
    join(practice, "One", code="InesOnce")
    join(practice, "Two")

    assert [item.event for item in delivered] == ["INVITE_DELETE", ADD, ADD, ADD]
    assert newcomers(practice, delivered) == ["One", "One", "Two"]


@pytest.mark.asyncio
async def test_a_duplicate_may_come_later(practice: Practice, delivered: Dispatches) -> None:
    practice.faults.duplicate(ADD, times=1, after=0.02)
    join(practice, "One", "Two")
    assert newcomers(practice, delivered) == ["One", "Two"]
    await until(delivered, 3)
    assert newcomers(practice, delivered) == ["One", "Two", "One"]


def test_a_window_is_delivered_in_reverse_once(practice: Practice, delivered: Dispatches) -> None:
    practice.faults.reorder(4)
    join(practice, "One")
    assert delivered == []
    # A join and its welcome are two dispatches each.
    join(practice, "Two", "Three", "Four")
    assert newcomers(practice, delivered) == ["Two", "One", "Three", "Four"]


def test_a_window_of_kinds_lets_the_others_pass(practice: Practice, delivered: Dispatches) -> None:
    practice.faults.reorder(2, ADD, "INVITE_DELETE")
    join(practice, "One", code="InesOnce")
    assert [item.event for item in delivered] == [ADD, "INVITE_DELETE"]
    practice.faults.reorder(2, ADD)
    join(practice, "Two")
    practice.delete_invite(practice.guild.id, "TheoWk25")
    join(practice, "Three")
    assert newcomers(practice, delivered) == ["One", "Three", "Two"]
    assert delivered[2].event == "INVITE_DELETE"


def test_held_dispatches_wait_for_their_release(practice: Practice, delivered: Dispatches) -> None:
    practice.faults.hold_dispatches(ADD)
    join(practice, "One", code="InesOnce")
    join(practice, "Two")
    assert [item.event for item in delivered] == ["INVITE_DELETE"]
    practice.faults.release()
    join(practice, "Three")
    assert newcomers(practice, delivered) == ["One", "Two", "Three"]


@pytest.mark.asyncio
async def test_delayed_dispatches_come_late_and_in_order(
    practice: Practice, delivered: Dispatches
) -> None:
    practice.faults.delay_dispatches(ADD, 0.02)
    join(practice, *(f"Guest {number}" for number in range(20)))
    practice.delete_invite(practice.guild.id, "TheoWk25")
    assert [item.event for item in delivered] == ["INVITE_DELETE", "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    await until(delivered, 22)
    assert newcomers(practice, delivered) == [f"Guest {number}" for number in range(20)]
    practice.faults.delay_dispatches(ADD, 0)
    join(practice, "At once")
    assert newcomers(practice, delivered)[-1] == "At once"


@pytest.mark.asyncio
async def test_everything_can_be_late_and_clearing_delivers_it(
    practice: Practice, delivered: Dispatches
) -> None:
    practice.faults.delay_dispatches(None, 3_600)
    join(practice, "One", code="InesOnce")
    assert delivered == []
    practice.faults.clear()
    assert [item.event for item in delivered] == ["INVITE_DELETE", ADD]
    join(practice, "Two")
    assert newcomers(practice, delivered) == ["One", "Two"]


async def until(delivered: Dispatches, count: int) -> None:
    async with asyncio.timeout(5):
        while len(delivered) < count:  # noqa: ASYNC110 the list rings no bell
            await asyncio.sleep(0.002)
