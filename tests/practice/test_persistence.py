"""A restart loses nothing."""

import asyncio
import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from infra.practice import Intents, Permission, Practice, PracticeServer
from infra.practice.codec import encode
from infra.practice.moments import stamp
from infra.practice.storage import StateFile
from tests.practice.answering import label, member_id, modal, say, text_input
from tests.practice.conftest import FakeClock
from tests.practice.endpoint import FakeEndpoint, Payload
from tests.practice.rest import Rest
from tests.practice.test_contract import COMMANDS


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "practice.json"


@pytest.mark.asyncio
async def test_everything_survives_a_restart(state_file: Path, clock: FakeClock) -> None:
    first = Practice(state_file, clock)
    async with (
        PracticeServer(first) as server,
        Rest(server.api_base, first.bot_token) as rest,
        FakeEndpoint(first.public_key_hex) as endpoint,
    ):

        async def think(_: Payload) -> Payload:
            return {"type": 5}

        endpoint.answers["export"] = think
        first.interactions_endpoint = endpoint.url
        await rest.call("PUT", f"/applications/{first.application_id}/commands", COMMANDS)
        first.create_guild("Second")
        first.join(first.guild.id, code="TheoWk25", user="Robin")
        first.ban(first.guild.id, first.add_member_user("Kim").id, reason="spam")
        channel = first.guild.system_channel_id or ""
        first.say(channel, first.guild.owner_id, "remember me")
        pending = await first.run_command(
            first.guild.id, first.guild.owner_id, "/export", patience=0
        )
    before = encode(first.world.state)

    second = Practice(state_file, clock)

    assert encode(second.world.state) == before
    assert second.guild == first.guild
    assert second.guild.invites["TheoWk25"].uses == 4
    assert (second.bot_token, second.application_id, second.public_key_hex) == (
        first.bot_token,
        first.application_id,
        first.public_key_hex,
    )
    assert second.interactions_endpoint == endpoint.url
    async with (
        PracticeServer(second) as server,
        Rest(server.api_base, second.bot_token) as rest,
    ):
        path = f"/webhooks/{second.application_id}/{pending.token}/messages/@original"
        await rest.call("PATCH", path, {"content": "after the restart"})
        assert second.outcome(pending.interaction_id).content == "after the restart"
        assert int(second.world.new_id()) > int(first.world.state.last_id)


def test_target_users_roles_and_screening_survive(state_file: Path, clock: FakeClock) -> None:
    first = Practice(state_file, clock)
    guild = first.guild
    regular = next(role.id for role in guild.roles.values() if role.name == "Regular")
    robin = first.add_user("Robin").id
    first.screen_members(guild.id)
    code = first.create_invite(
        guild.id, guild.owner_id, role_ids=(regular,), target_user_ids=(robin,)
    )
    second = Practice(state_file, clock)
    clock.advance(seconds=1)
    assert second.guild.invites[code] == first.guild.invites[code]
    member = second.join(second.guild.id, code, robin)
    assert (member.roles, member.pending) == ([regular], True)


@pytest.mark.asyncio
async def test_moderation_and_open_modals_survive(state_file: Path, clock: FakeClock) -> None:
    # Given a timeout left behind, a locked thread, a rule, a pause, an exception, an open modal
    first = Practice(state_file, clock)
    guild, ines = first.guild, member_id(first, "Ines")
    channel = guild.system_channel_id or ""
    first.time_out(guild.id, ines, timedelta(days=1))
    first.leave(guild.id, ines)
    first.take_direct_messages(ines, on=False)
    first.set_overwrite(channel, guild.id, deny=Permission.SEND_MESSAGES)
    thread = first.start_thread(channel, "talk")
    async with (
        PracticeServer(first) as server,
        Rest(server.api_base, first.bot_token) as rest,
        FakeEndpoint(first.public_key_hex) as endpoint,
    ):
        first.interactions_endpoint = endpoint.url
        await rest.call("PATCH", f"/channels/{thread.id}", {"locked": True})
        until = stamp(clock.now + timedelta(hours=1))
        path = f"/guilds/{guild.id}/incident-actions"
        await rest.call("PUT", path, {"dms_disabled_until": until})
        body = {
            "name": "rule",
            "event_type": 1,
            "trigger_type": 1,
            "trigger_metadata": {"keyword_filter": ["cat"]},
            "actions": [{"type": 1}],
        }
        await rest.call("POST", f"/guilds/{guild.id}/auto-moderation/rules", body)
        menu = {"name": "Moderate", "type": 2}
        await rest.call("PUT", f"/applications/{first.application_id}/commands", [menu])
        endpoint.answers["Moderate"] = modal("form", label("Why", text_input("why")))
        opened = await first.use_on_user(guild.id, guild.owner_id, "Moderate", guild.owner_id)

    # When everything is started anew
    second = Practice(state_file, clock)

    # Then all of it is as it was, and the modal is submitted
    assert encode(second.world.state) == encode(first.world.state)
    assert second.guild == guild
    async with PracticeServer(second), FakeEndpoint(second.public_key_hex) as endpoint:
        second.interactions_endpoint = endpoint.url
        endpoint.answers["form"] = say("saved")
        outcome = await second.submit_modal(
            guild.id, guild.owner_id, opened.interaction_id, {"why": "because"}
        )
        assert outcome.content == "saved"
    third = Practice(state_file, clock)
    assert encode(third.world.state) == encode(second.world.state)
    (message,) = third.messages(channel)
    assert message.interaction is not None
    assert message.interaction.triggering is not None
    assert message.interaction.triggering.target_id == guild.owner_id


@pytest.mark.asyncio
async def test_files_survive_too(state_file: Path) -> None:
    first = Practice(state_file)
    first._attachments.put("77", b"rows")
    await first.close()
    assert Practice(state_file).attachment("77") == b"rows"
    assert Practice(state_file).attachment("../practice.json") is None


def test_outside_an_event_loop_a_change_is_written_at_once(state_file: Path) -> None:
    first = Practice(state_file)
    first.join(first.guild.id, code="JonasOpen7", user="Robin")
    assert Practice(state_file).guild.invites["JonasOpen7"].uses == 3


def test_the_state_holds_secrets_and_is_the_owners_alone(state_file: Path) -> None:
    Practice(state_file)
    assert stat.S_IMODE(state_file.stat().st_mode) == 0o600
    assert [path.name for path in state_file.parent.iterdir()] == ["practice.json"]


@pytest.mark.asyncio
async def test_a_burst_of_changes_is_few_writes(tmp_path: Path) -> None:
    snapshots = 0

    def snapshot() -> dict[str, int]:
        nonlocal snapshots
        snapshots += 1
        return {"count": snapshots}

    store = StateFile(tmp_path / "state.json", snapshot, delay=0.01)
    for _ in range(100):
        store.mark_dirty()
    while not (tmp_path / "state.json").exists():  # noqa: ASYNC110 a file rings no bell
        await asyncio.sleep(0.005)
    store.mark_dirty()
    await store.close()
    assert snapshots <= 3
    assert json.loads((tmp_path / "state.json").read_text())["count"] == snapshots


def test_a_setting_of_the_process_is_not_part_of_the_world(state_file: Path) -> None:
    Practice(state_file, approved_intents=Intents.NONE)
    assert Practice(state_file).approved_intents is Intents.GUILD_MEMBERS


@pytest.mark.asyncio
async def test_a_change_during_a_write_is_written_next(tmp_path: Path) -> None:
    count = 0
    store = StateFile(tmp_path / "state.json", lambda: {"count": count}, delay=0.001)
    for count in range(1, 200):  # noqa: B007 read by the snapshot
        store.mark_dirty()
        await asyncio.sleep(0)
    while json.loads(_text(tmp_path / "state.json") or '{"count":0}')["count"] < 199:  # noqa: ASYNC110 as above
        await asyncio.sleep(0.005)
    await store.close()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
