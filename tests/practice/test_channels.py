"""Channels with their exceptions, slowmode and threads, as lockdowns need them."""

from typing import Any

import aiohttp
import pytest

from infra.practice import ApiError, Intents, Permission, Practice, PracticeServer
from tests.practice.answering import member_id, role_id
from tests.practice.gateway_client import connect
from tests.practice.rest import Rest
from tests.practice.test_permissions import restrict

SEND = Permission.SEND_MESSAGES.value
REACT = Permission.ADD_REACTIONS.value


def place(practice: Practice) -> str:
    return f"/channels/{practice.guild.system_channel_id}"


async def entries(rest: Rest, practice: Practice, limit: int) -> list[dict[str, Any]]:
    log = await rest.get(f"/guilds/{practice.guild.id}/audit-logs?limit={limit}")
    found: list[dict[str, Any]] = log["audit_log_entries"]
    return found


@pytest.mark.asyncio
async def test_an_exception_is_made_changed_and_taken_away(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    staff = role_id(practice, "Staff")
    path = f"{place(practice)}/permissions/{staff}"
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILDS | Intents.GUILD_MODERATION)
        await socket.settle()
        headers = {"X-Audit-Log-Reason": "lockdown"}
        first = {"type": 0, "deny": str(SEND)}
        await rest.call("PUT", path, first, headers=headers, expect=204)
        await rest.call("PUT", path, first, expect=204)
        await rest.call("PUT", path, {"type": 0, "allow": str(SEND)}, expect=204)
        await rest.call("DELETE", path, expect=204)
        names = await socket.settle()
    assert names == ["CHANNEL_UPDATE", "GUILD_AUDIT_LOG_ENTRY_CREATE"] * 3
    gone, changed, made = await entries(rest, practice, 3)
    about = {"id": staff, "type": "0", "role_name": "Staff"}
    assert [item["action_type"] for item in (made, changed, gone)] == [13, 14, 15]
    assert made["options"] == changed["options"] == gone["options"] == about
    assert made["reason"] == "lockdown"
    assert {"key": "deny", "new_value": str(SEND)} in made["changes"]
    assert {"key": "deny", "old_value": str(SEND), "new_value": "0"} in changed["changes"]
    assert {"key": "allow", "old_value": str(SEND)} in gone["changes"]
    await rest.refused("DELETE", path, status=404, code=10009)


@pytest.mark.asyncio
async def test_an_exception_silences_and_an_exception_frees(practice: Practice, rest: Rest) -> None:
    guild, channel = practice.guild, practice.guild.system_channel_id or ""
    ines, theo = member_id(practice, "Ines"), member_id(practice, "Theo")
    path = f"{place(practice)}/permissions"
    await rest.call("PUT", f"{path}/{guild.id}", {"type": 0, "deny": str(SEND)}, expect=204)
    staff = role_id(practice, "Staff")
    await rest.call("PUT", f"{path}/{staff}", {"type": 0, "allow": str(SEND)}, expect=204)
    with pytest.raises(ApiError, match="50013"):
        practice.say(channel, ines, "hello")
    practice.say(channel, theo, "hello")
    await rest.call("PUT", f"{path}/{ines}", {"type": 1, "allow": str(SEND)}, expect=204)
    practice.say(channel, ines, "hello")


@pytest.mark.asyncio
async def test_only_bits_that_the_bot_holds_can_be_changed(practice: Practice, rest: Rest) -> None:
    guild = practice.guild
    restrict(practice, Permission.MANAGE_ROLES | Permission.MANAGE_CHANNELS | Permission(SEND))
    path = f"{place(practice)}/permissions/{guild.id}"
    await rest.call("PUT", path, {"type": 0, "deny": str(SEND)}, expect=204)
    await rest.refused("PUT", path, {"type": 0, "deny": str(SEND | REACT)}, status=403, code=50013)
    # Who manages permissions is for administrators to say
    managing = {"type": 0, "allow": str(Permission.MANAGE_ROLES.value)}
    await rest.refused("PUT", path, managing, status=403, code=50013)
    # What stands already is no change
    channel = guild.channels[guild.system_channel_id or ""]
    channel.overwrites[0].deny |= REACT
    await rest.call("PUT", path, {"type": 0, "allow": str(SEND), "deny": str(REACT)}, expect=204)
    await rest.refused("DELETE", path, status=403, code=50013)
    body: dict[str, Any] = {"permission_overwrites": []}
    await rest.refused("PATCH", place(practice), body, status=403, code=50013)
    # An exception of the channel that gives the bot Manage Roles lifts the limit
    practice.set_overwrite(channel.id, practice.application_id, allow=Permission.MANAGE_ROLES)
    await rest.call("DELETE", path, expect=204)


@pytest.mark.asyncio
async def test_exceptions_need_manage_roles_and_sight(practice: Practice, rest: Rest) -> None:
    guild = practice.guild
    path = f"{place(practice)}/permissions/{guild.id}"
    body = {"type": 0, "deny": "0"}
    await rest.refused(
        "PUT", f"{place(practice)}/permissions/12345678901234567", body, status=404, code=10009
    )
    await rest.refused("PUT", path, {"type": 2}, status=400, code=50035)
    restrict(practice, Permission.MANAGE_CHANNELS)
    await rest.refused("PUT", path, body, status=403, code=50013)
    practice.set_overwrite(
        guild.system_channel_id or "", practice.application_id, deny=Permission.VIEW_CHANNEL
    )
    await rest.refused("PUT", path, body, status=403, code=50001)


@pytest.mark.asyncio
async def test_a_channel_is_changed_whole(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    guild = practice.guild
    staff, regular = role_id(practice, "Staff"), role_id(practice, "Regular")
    channel = guild.channels[guild.system_channel_id or ""]
    practice.set_overwrite(channel.id, staff, deny=Permission.SEND_MESSAGES)
    practice.set_overwrite(channel.id, regular, deny=Permission.SEND_MESSAGES)
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILDS | Intents.GUILD_MODERATION)
        await socket.settle()
        body = {
            "rate_limit_per_user": 30,
            "topic": "Slowly",
            "permission_overwrites": [
                {"id": guild.id, "type": 0, "deny": str(SEND)},
                {"id": staff, "type": 0, "deny": str(SEND)},
            ],
        }
        told = await rest.call("PATCH", place(practice), body)
        await rest.call("PATCH", place(practice), body)
        assert await socket.settle() == [
            "CHANNEL_UPDATE",
            *["GUILD_AUDIT_LOG_ENTRY_CREATE"] * 3,
        ]
    assert (told["rate_limit_per_user"], told["topic"]) == (30, "Slowly")
    assert [item["id"] for item in told["permission_overwrites"]] == [guild.id, staff]
    changed, made, gone = await entries(rest, practice, 3)
    assert [item["action_type"] for item in (gone, made, changed)] == [15, 13, 11]
    assert {"key": "rate_limit_per_user", "old_value": 0, "new_value": 30} in changed["changes"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "body",
    [
        {"rate_limit_per_user": 21_601},
        {"rate_limit_per_user": -1},
        {"name": ""},
        {"name": "x" * 101},
        {"topic": "x" * 1_025},
        {"parent_id": "1"},
        {"permission_overwrites": [{"type": 0}]},
    ],
)
async def test_a_channel_beyond_a_limit_is_refused(
    practice: Practice, rest: Rest, body: dict[str, Any]
) -> None:
    answer = await rest.refused("PATCH", place(practice), body, status=400, code=50035)
    assert set(answer["errors"]) == set(body)


@pytest.mark.asyncio
async def test_slowmode_slows_all_but_those_above_it(practice: Practice, rest: Rest) -> None:
    channel, ines = practice.guild.system_channel_id or "", member_id(practice, "Ines")
    await rest.call("PATCH", place(practice), {"rate_limit_per_user": 21_600})
    practice.say(channel, ines, "one")
    with pytest.raises(ApiError, match="20016"):
        practice.say(channel, ines, "two")
    for text in ("one", "two"):
        practice.say(channel, practice.guild.owner_id, text)
    restrict(practice, Permission.MANAGE_MESSAGES)
    await rest.refused("PATCH", place(practice), {"rate_limit_per_user": 0}, status=403, code=50013)


@pytest.mark.asyncio
async def test_channels_come_and_go(practice: Practice, server: PracticeServer, rest: Rest) -> None:
    base = f"/guilds/{practice.guild.id}/channels"
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILDS)
        await socket.settle()
        category = await rest.call("POST", base, {"name": "Staff", "type": 4}, expect=201)
        hidden = [{"id": practice.guild.id, "type": 0, "deny": "2048"}]
        body = {"name": "log", "parent_id": category["id"], "permission_overwrites": hidden}
        made = await rest.call("POST", base, body, expect=201)
        await rest.call("DELETE", f"/channels/{category['id']}")
        assert (await rest.get(f"/channels/{made['id']}"))["parent_id"] is None
        await rest.call("DELETE", f"/channels/{made['id']}")
        assert await socket.settle() == [
            *["CHANNEL_CREATE"] * 2,
            "CHANNEL_DELETE",
            "CHANNEL_UPDATE",
            "CHANNEL_DELETE",
        ]
    assert (made["parent_id"], made["permission_overwrites"][0]["deny"]) == (category["id"], "2048")
    await rest.refused("GET", f"/channels/{made['id']}", status=404, code=10003)
    await rest.refused("POST", base, {"name": "x", "type": 9}, status=400, code=50035)
    restrict(practice, Permission.MANAGE_ROLES)
    await rest.refused("POST", base, {"name": "x"}, status=403, code=50013)


@pytest.mark.asyncio
async def test_threads_are_opened_locked_and_archived(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    # Given two threads, one at a message
    ines = member_id(practice, "Ines")
    message = practice.say(practice.guild.system_channel_id or "", ines, "Question")
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILDS)
        await socket.settle()
        body = {"name": "Talk", "type": 11, "auto_archive_duration": 60}
        talk = await rest.call("POST", f"{place(practice)}/threads", body, expect=201)
        at = f"{place(practice)}/messages/{message.id}/threads"
        answers = await rest.call("POST", at, {"name": "Answers"}, expect=201)
        await rest.refused("POST", at, {"name": "Again"}, status=400, code=160004)
        practice.say(talk["id"], ines, "in it")

        # When they are locked and archived
        locked = await rest.call("PATCH", f"/channels/{talk['id']}", {"locked": True})
        await rest.call("PATCH", f"/channels/{answers['id']}", {"archived": True})
        active = await rest.get(f"/guilds/{practice.guild.id}/threads/active")
        names = await socket.settle()

    # Then that is announced and known
    assert names == ["THREAD_CREATE", "THREAD_CREATE", "THREAD_UPDATE", "THREAD_UPDATE"]
    assert (answers["id"], answers["type"], talk["type"]) == (message.id, 11, 11)
    assert locked["thread_metadata"]["locked"]
    assert [item["id"] for item in active["threads"]] == [talk["id"]]
    assert talk["id"] not in [
        item["id"] for item in await rest.get(f"/guilds/{practice.guild.id}/channels")
    ]
    # And only those who manage threads talk in a locked one; a message wakes an archived one
    with pytest.raises(ApiError, match="160005"):
        practice.say(talk["id"], ines, "still here")
    practice.say(talk["id"], practice.guild.owner_id, "closed")
    again = f"/channels/{answers['id']}"
    await rest.refused("PATCH", again, {"locked": True}, status=400, code=50083)
    archived = await rest.get(f"{place(practice)}/threads/archived/public")
    assert [item["id"] for item in archived["threads"]] == [answers["id"]]
    practice.say(answers["id"], ines, "thanks")
    active = await rest.get(f"/guilds/{practice.guild.id}/threads/active")
    assert len(active["threads"]) == 2
    await rest.call("DELETE", f"/channels/{talk['id']}")
    await rest.refused("GET", f"/channels/{talk['id']}", status=404, code=10003)


@pytest.mark.asyncio
async def test_threads_follow_their_channel_and_their_permissions(
    practice: Practice, rest: Rest
) -> None:
    guild, ines = practice.guild, member_id(practice, "Ines")
    thread = practice.start_thread(guild.system_channel_id or "", "Talk")
    await rest.refused("PATCH", f"/channels/{thread.id}", {"name": ""}, status=400, code=50035)
    await rest.refused(
        "PUT", f"/channels/{thread.id}/permissions/{guild.id}", {"type": 0}, status=400, code=50024
    )
    practice.set_overwrite(
        guild.system_channel_id or "", guild.id, deny=Permission.SEND_MESSAGES_IN_THREADS
    )
    with pytest.raises(ApiError, match="50013"):
        practice.say(thread.id, ines, "hello")
    restrict(practice, Permission.MANAGE_CHANNELS | Permission(SEND))
    body = {"locked": True}
    await rest.refused("PATCH", f"/channels/{thread.id}", body, status=403, code=50013)
    await rest.refused(
        "POST", f"/channels/{thread.id}/messages", {"content": "x"}, status=403, code=50013
    )
    await rest.refused(
        "POST", f"{place(practice)}/threads", {"name": "x", "type": 11}, status=403, code=50013
    )
