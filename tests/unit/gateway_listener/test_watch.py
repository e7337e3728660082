"""What the watch makes of sessions, guilds that come and go, and faults: without waiting."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from gateway_listener.looker import Answer
from gateway_listener.powers import OwnGuild
from gateway_listener.record import FileRecorder, NoRecorder
from gateway_listener.watch import Watch
from usher.contracts.observation import MemberJoined, MemberLeft, MemberUpdated, Observation
from usher.ids import GuildId, UserId

type Payload = dict[str, object]

OWN_ID = UserId("1")


def now() -> datetime:
    return datetime.now(UTC)


class FakeLooks:
    """Answers at once with one invite, or as told."""

    def __init__(self) -> None:
        self.body: object = []
        self.fault: Exception | None = None
        self.asked: list[str] = []

    async def invites(self, guild_id: GuildId) -> Answer:
        self.asked.append(f"invites {guild_id}")
        if self.fault is not None:
            raise self.fault
        return Answer(self.body, now())

    async def vanity(self, guild_id: GuildId) -> Answer:
        self.asked.append(f"vanity {guild_id}")
        return Answer({"code": None, "uses": 0}, now())

    def forget(self, guild_id: GuildId) -> None:
        self.asked.append(f"forget {guild_id}")


class Harness:
    def __init__(self) -> None:
        numbers = itertools.count(1)
        self.looks = FakeLooks()
        self.sent: asyncio.Queue[Observation] = asyncio.Queue()
        self.watch = Watch(
            self.looks, self.sent.put_nowait, NoRecorder(), now, lambda: f"o{next(numbers)}"
        )

    async def next(self) -> Observation:
        async with asyncio.timeout(5):
            return await self.sent.get()


@pytest_asyncio.fixture
async def harness() -> AsyncIterator[Harness]:
    made = Harness()
    yield made
    await made.watch.drain(1)


GUILD: Payload = {"id": "100", "name": "Guild"}
LEFT: Payload = {"guild_id": "100", "user": {"id": "5"}}


@pytest.mark.asyncio
async def test_each_guild_of_a_session_is_looked_at_once(harness: Harness) -> None:
    harness.watch.session_began(OWN_ID, [GuildId("100"), GuildId("200")])
    harness.watch.dispatch("GUILD_CREATE", GUILD)
    harness.watch.dispatch("GUILD_CREATE", {"id": "200", "name": "Other"})
    seen = [await harness.next(), await harness.next()]
    assert {(one.guild_id, one.guild_name) for one in seen} == {("100", "Guild"), ("200", "Other")}
    assert all(one.gap for one in seen)
    assert harness.watch.guilds == 2


@pytest.mark.asyncio
async def test_a_guild_that_was_out_or_is_new_begins_with_a_gap(harness: Harness) -> None:
    harness.watch.session_began(OWN_ID, [GuildId("100")])
    harness.watch.dispatch("GUILD_CREATE", GUILD)
    await harness.next()
    # When the guild goes out and comes back within the session
    harness.watch.dispatch("GUILD_DELETE", {"id": "100", "unavailable": True})
    harness.watch.dispatch("GUILD_CREATE", GUILD)
    again = await harness.next()
    # Then what happened meanwhile was not seen
    assert again.gap
    assert again.look is not None
    assert again.look.full


@pytest.mark.asyncio
async def test_a_new_session_marks_even_joins_that_come_before_their_guild(
    harness: Harness, member_add: Callable[..., Payload]
) -> None:
    harness.watch.session_began(OWN_ID, [GuildId("100")])
    harness.watch.dispatch("GUILD_CREATE", GUILD)
    await harness.next()
    harness.watch.session_began(OWN_ID, [GuildId("100")])
    harness.watch.dispatch("GUILD_MEMBER_ADD", member_add(5))
    await harness.watch.drain(5)
    assert (await harness.next()).gap


@pytest.mark.asyncio
async def test_a_guild_that_the_bot_left_is_forgotten_after_its_events_are_sent(
    harness: Harness,
) -> None:
    harness.watch.dispatch("GUILD_MEMBER_REMOVE", LEFT)
    harness.watch.dispatch("GUILD_DELETE", {"id": "100"})
    assert len((await harness.next()).events) == 1
    assert harness.watch.guilds == 0


@pytest.mark.asyncio
async def test_guilds_that_a_new_session_does_not_name_are_forgotten(harness: Harness) -> None:
    harness.watch.dispatch("GUILD_MEMBER_REMOVE", LEFT)
    harness.watch.session_began(OWN_ID, [])
    assert len((await harness.next()).events) == 1
    assert harness.watch.guilds == 0


@pytest.mark.asyncio
async def test_after_a_refusal_the_vanity_code_is_asked_for_only_when_the_invites_are_told(
    harness: Harness,
) -> None:
    harness.looks.body = {"error": 403, "code": 50013}
    harness.watch.session_began(OWN_ID, [GuildId("100")])
    harness.watch.dispatch("GUILD_CREATE", GUILD)
    await harness.next()
    harness.looks.asked.clear()
    harness.watch.dispatch("GUILD_MEMBER_UPDATE", {"guild_id": "100", "user": {"id": OWN_ID}})
    refused = await harness.next()
    assert refused.look is not None
    assert refused.look.status == 403
    assert refused.vanity is None
    assert harness.looks.asked == ["invites 100"]


@pytest.mark.asyncio
async def test_a_fault_of_ours_while_looking_is_a_failed_look(harness: Harness) -> None:
    harness.looks.fault = RuntimeError("a fault")
    harness.watch.session_began(OWN_ID, [GuildId("100")])
    harness.watch.dispatch("GUILD_CREATE", GUILD)
    seen = await harness.next()
    assert seen.look is not None
    assert not seen.look.ok


@pytest.mark.asyncio
async def test_at_the_end_events_go_out_at_once_with_a_look_if_one_is_quick(
    harness: Harness, member_add: Callable[..., Payload]
) -> None:
    harness.watch.dispatch("GUILD_MEMBER_ADD", member_add(5))
    await harness.watch.drain(5)
    joined = await harness.next()
    assert len(joined.events) == 1
    assert joined.look is not None
    # And what comes after that is sent without
    harness.watch.dispatch("GUILD_MEMBER_ADD", member_add(6))
    late = harness.sent.get_nowait()
    assert len(late.events) == 1
    assert late.look is None


@pytest.mark.asyncio
async def test_at_the_end_a_look_that_does_not_come_is_not_waited_for(
    harness: Harness, member_add: Callable[..., Payload], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: GuildId) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(harness.looks, "invites", never)
    harness.watch.dispatch("GUILD_MEMBER_ADD", member_add(5))
    await harness.watch.drain(0.05)
    joined = harness.sent.get_nowait()
    assert len(joined.events) == 1
    assert joined.look is None


def test_a_recording_that_fails_does_not_stop_the_listening(tmp_path: Path) -> None:
    recorder = FileRecorder(tmp_path / "raw.jsonl")
    full = Path("/dev/full").open("a", encoding="utf-8", buffering=1)  # noqa: SIM115
    recorder._file.close()
    recorder._file = full
    recorder.write(now(), "GAP", GuildId("100"), None)
    recorder.write(now(), "GAP", GuildId("100"), None)
    recorder.close()


@pytest.mark.asyncio
async def test_what_is_replayed_is_told_together_once_all_of_it_is_there(
    harness: Harness, member_add: Callable[..., Payload]
) -> None:
    # Given a session that is taken up, of which a leave and a return are replayed
    harness.watch.session_goes_on(OWN_ID, {GuildId("100"): OwnGuild("Guild", 8)})
    harness.watch.dispatch("GUILD_MEMBER_REMOVE", LEFT)
    await asyncio.sleep(0)
    harness.watch.dispatch("GUILD_MEMBER_ADD", member_add(5))
    assert harness.sent.empty()

    harness.watch.session_resumed()

    observation = await harness.next()
    assert [type(event) for event in observation.events] == [MemberLeft, MemberJoined]


@pytest.mark.asyncio
async def test_an_update_of_a_newcomer_is_told_without_a_look_and_only_once(
    harness: Harness, member_add: Callable[..., Payload]
) -> None:
    fresh = {**member_add(5), "joined_at": now().isoformat(), "pending": False}
    harness.watch.dispatch("GUILD_MEMBER_UPDATE", fresh)
    harness.watch.dispatch("GUILD_MEMBER_UPDATE", fresh)

    told = await harness.next()

    assert [type(event) for event in told.events] == [MemberUpdated]
    assert told.look is None
    assert harness.looks.asked == []


@pytest.mark.asyncio
async def test_the_number_of_members_moves_with_the_events_of_the_message(
    harness: Harness, member_add: Callable[..., Payload]
) -> None:
    harness.watch.session_began(OWN_ID, [GuildId("100")])
    harness.watch.dispatch("GUILD_CREATE", {**GUILD, "member_count": 41})
    assert (await harness.next()).member_count == 41
    harness.watch.dispatch("GUILD_MEMBER_ADD", member_add(5))
    assert (await harness.next()).member_count == 42
    harness.watch.dispatch("GUILD_MEMBER_REMOVE", LEFT)
    assert (await harness.next()).member_count == 41


@pytest.mark.asyncio
async def test_a_session_taken_up_knows_about_how_many_members_there_are(
    harness: Harness,
) -> None:
    harness.watch.session_goes_on(OWN_ID, {GuildId("100"): OwnGuild("Guild", 8, members=12)})
    harness.watch.session_resumed()
    assert (await harness.next()).member_count == 12
