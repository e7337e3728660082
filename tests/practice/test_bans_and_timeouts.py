"""Bans, kicks and timeouts: what is done, refused, announced and written into the log."""

from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from infra.practice import ApiError, Intents, Permission, Practice, PracticeServer
from infra.practice.moments import stamp
from tests.practice.answering import member_id, role_id
from tests.practice.conftest import FakeClock
from tests.practice.gateway_client import Socket, connect
from tests.practice.rest import Rest
from tests.practice.test_permissions import restrict

HEARD = Intents.GUILDS | Intents.GUILD_MEMBERS | Intents.GUILD_MODERATION | Intents.GUILD_MESSAGES


async def listening(practice: Practice, session: aiohttp.ClientSession, server: Any) -> Socket:  # noqa: ANN401
    socket = await connect(session, server)
    await socket.identify(practice, HEARD)
    await socket.settle()
    return socket


def base(practice: Practice) -> str:
    return f"/guilds/{practice.guild.id}"


async def newest(rest: Rest, practice: Practice) -> dict[str, Any]:
    log = await rest.get(f"{base(practice)}/audit-logs?limit=1")
    entry: dict[str, Any] = log["audit_log_entries"][0]
    return entry


@pytest.mark.asyncio
async def test_a_ban_is_announced_and_logged_with_its_decoded_reason(
    practice: Practice, server: PracticeServer, rest: Rest
) -> None:
    ines = member_id(practice, "Ines")
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)
        headers = {"X-Audit-Log-Reason": "L%C3%A4rm%20%26%20Spam"}
        path = f"{base(practice)}/bans/{ines}"
        await rest.call("PUT", path, {}, headers=headers, expect=204)
        told = [await socket.event() for _ in range(3)]
        await rest.call("DELETE", path, expect=204)
        lifted = await socket.event()
    assert [name for name, _ in told] == [
        "GUILD_BAN_ADD",
        "GUILD_MEMBER_REMOVE",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
    ]
    assert told[0][1]["user"]["id"] == ines
    entry = told[2][1]
    assert (entry["action_type"], entry["target_id"]) == (22, ines)
    assert (entry["user_id"], entry["reason"]) == (practice.application_id, "Lärm & Spam")
    assert (lifted[0], lifted[1]["user"]["id"]) == ("GUILD_BAN_REMOVE", ines)
    await rest.refused("DELETE", path, status=404, code=10026)
    await rest.refused("GET", path, status=404, code=10026)


@pytest.mark.asyncio
async def test_a_ban_deletes_what_was_written_lately(
    practice: Practice, server: PracticeServer, rest: Rest, clock: FakeClock
) -> None:
    ines = member_id(practice, "Ines")
    first, second = list(practice.guild.channels)
    old = practice.say(first, ines, "an hour old")
    clock.advance(hours=1)
    fresh = [practice.say(first, ines, "new"), practice.say(first, ines, "newer")]
    other = practice.say(second, ines, "elsewhere")
    kept = practice.say(first, member_id(practice, "Theo"), "mine")
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)
        body = {"delete_message_seconds": 600}
        await rest.call("PUT", f"{base(practice)}/bans/{ines}", body, expect=204)
        events = [await socket.event() for _ in range(5)]
    gone = {data["channel_id"]: data["ids"] for name, data in events if "BULK" in name}
    assert gone == {first: [item.id for item in fresh], second: [other.id]}
    assert [item.id for item in practice.messages(first)] == [old.id, kept.id]


@pytest.mark.asyncio
@pytest.mark.parametrize("body", [{"delete_message_seconds": 604_801}, {"delete_message_days": 8}])
async def test_no_more_than_a_week_is_deleted(
    practice: Practice, rest: Rest, body: dict[str, int]
) -> None:
    path = f"{base(practice)}/bans/{member_id(practice, 'Ines')}"
    await rest.refused("PUT", path, body, status=400, code=50035)


@pytest.mark.asyncio
async def test_bans_are_listed_in_pages(practice: Practice, rest: Rest) -> None:
    users = [practice.add_user(f"Guest {number}").id for number in range(7)]
    for user_id in users:
        practice.ban(practice.guild.id, user_id)
    ordered = sorted(users, key=int)
    found: list[str] = []
    while page := await rest.get(
        f"{base(practice)}/bans?limit=3&after={found[-1] if found else 0}"
    ):
        found += [item["user"]["id"] for item in page]
    assert found == ordered
    before = await rest.get(f"{base(practice)}/bans?limit=2&before={ordered[5]}")
    assert [item["user"]["id"] for item in before] == ordered[3:5]


@pytest.mark.asyncio
async def test_a_bulk_ban_says_who_could_not_be_banned(practice: Practice, rest: Rest) -> None:
    guild = practice.guild
    robin, kim = practice.add_user("Robin").id, practice.add_user("Kim").id
    practice.ban(guild.id, kim)
    body = {"user_ids": [robin, kim, guild.owner_id, "12345678901234567"]}
    told = await rest.call("POST", f"{base(practice)}/bulk-ban", body)
    assert told["banned_users"] == [robin]
    assert told["failed_users"] == [kim, guild.owner_id, "12345678901234567"]
    path = f"{base(practice)}/bulk-ban"
    await rest.refused("POST", path, {"user_ids": [kim]}, status=400, code=500000)
    await rest.refused("POST", path, {"user_ids": []}, status=400, code=50035)
    many = {"user_ids": [str(10**17 + number) for number in range(201)]}
    await rest.refused("POST", path, many, status=400, code=50035)
    restrict(practice, Permission.BAN_MEMBERS)
    await rest.refused("POST", path, {"user_ids": [robin]}, status=403, code=50013)


@pytest.mark.asyncio
async def test_unknown_people_are_told_apart(practice: Practice, rest: Rest) -> None:
    nobody, outsider = "12345678901234567", practice.add_user("Robin").id
    until = {"communication_disabled_until": stamp(practice.world.now + timedelta(hours=1))}
    for user_id, code in ((nobody, 10013), (outsider, 10007)):
        place = f"{base(practice)}/members/{user_id}"
        await rest.refused("GET", place, status=404, code=code)
        await rest.refused("DELETE", place, status=404, code=code)
        await rest.refused("PATCH", place, until, status=404, code=code)
    await rest.refused("PUT", f"{base(practice)}/bans/{nobody}", {}, status=404, code=10013)


@pytest.mark.asyncio
async def test_a_timeout_is_announced_logged_and_takes_the_voice(
    practice: Practice, server: PracticeServer, rest: Rest, clock: FakeClock
) -> None:
    # Given a member who talks
    ines = member_id(practice, "Ines")
    place = f"{base(practice)}/members/{ines}"
    until = stamp(clock.now + timedelta(minutes=10))
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)

        # When the bot times them out
        member = await rest.call("PATCH", place, {"communication_disabled_until": until})
        name, update = await socket.event()
        _, entry = await socket.event()

    # Then it is announced and logged, and they cannot talk until it is over
    assert name == "GUILD_MEMBER_UPDATE"
    assert member["communication_disabled_until"] == update["communication_disabled_until"] == until
    assert (entry["action_type"], entry["target_id"]) == (24, ines)
    assert entry["changes"] == [{"key": "communication_disabled_until", "new_value": until}]
    channel = practice.guild.system_channel_id or ""
    with pytest.raises(ApiError, match="50013"):
        practice.say(channel, ines, "hello")
    clock.advance(minutes=10)
    practice.say(channel, ines, "hello again")
    # And its end is no event, and leaves a moment in the past
    assert (await rest.get(place))["communication_disabled_until"] == until


@pytest.mark.asyncio
async def test_a_timeout_is_lifted_by_null(practice: Practice, rest: Rest) -> None:
    place = f"{base(practice)}/members/{member_id(practice, 'Ines')}"
    until = stamp(practice.world.now + timedelta(days=1))
    await rest.call("PATCH", place, {"communication_disabled_until": until})
    await rest.call("PATCH", place, {"communication_disabled_until": None})
    entry = await newest(rest, practice)
    assert entry["changes"] == [{"key": "communication_disabled_until", "old_value": until}]


@pytest.mark.asyncio
async def test_a_timeout_lasts_twenty_eight_days_at_most(practice: Practice, rest: Rest) -> None:
    place = f"{base(practice)}/members/{member_id(practice, 'Ines')}"
    longest = practice.world.now + timedelta(days=28)
    await rest.call("PATCH", place, {"communication_disabled_until": stamp(longest)})
    over = {"communication_disabled_until": stamp(longest + timedelta(milliseconds=1))}
    answer = await rest.refused("PATCH", place, over, status=400, code=50035)
    assert "communication_disabled_until" in answer["errors"]


@pytest.mark.asyncio
async def test_owner_administrators_and_equals_are_not_timed_out(
    practice: Practice, rest: Rest
) -> None:
    guild = practice.guild
    low = practice.create_role(guild.id, "Low admin", Permission.ADMINISTRATOR).id
    admin = practice.add_member_user("Admin", roles=(low,)).id
    founder = practice.add_member_user("Robin", roles=(role_id(practice, "Founder"),)).id
    body = {"communication_disabled_until": stamp(practice.world.now + timedelta(hours=1))}
    for user_id in (guild.owner_id, admin, founder):
        await rest.refused(
            "PATCH", f"{base(practice)}/members/{user_id}", body, status=403, code=50013
        )
    restrict(practice, Permission.KICK_MEMBERS)
    ines = member_id(practice, "Ines")
    await rest.refused("PATCH", f"{base(practice)}/members/{ines}", body, status=403, code=50013)


@pytest.mark.asyncio
async def test_whoever_leaves_in_a_timeout_finds_it_again(
    practice: Practice, rest: Rest, clock: FakeClock
) -> None:
    guild, ines = practice.guild.id, member_id(practice, "Ines")
    practice.time_out(guild, ines, timedelta(hours=2))
    until = practice.guild.members[ines].communication_disabled_until
    practice.leave(guild, ines)
    practice.join(guild, "JonasOpen7", ines)
    told = await rest.get(f"{base(practice)}/members/{ines}")
    assert datetime.fromisoformat(told["communication_disabled_until"]) == until
    clock.advance(hours=2)
    practice.leave(guild, ines)
    practice.join(guild, "JonasOpen7", ines)
    told = await rest.get(f"{base(practice)}/members/{ines}")
    assert told["communication_disabled_until"] is None


@pytest.mark.asyncio
async def test_hands_need_permission_and_rank_and_are_in_the_log(
    practice: Practice, rest: Rest
) -> None:
    guild = practice.guild
    theo, ines, jonas = (member_id(practice, name) for name in ("Theo", "Ines", "Jonas"))
    hour = timedelta(hours=1)
    for by, target in ((ines, jonas), (theo, guild.owner_id), (theo, theo)):
        with pytest.raises(ApiError, match="50013"):
            practice.ban_by_hand(guild.id, target, by)
        with pytest.raises(ApiError, match="50013"):
            practice.kick_by_hand(guild.id, target, by)
        with pytest.raises(ApiError, match="50013"):
            practice.time_out(guild.id, target, hour, by=by)
    with pytest.raises(ApiError, match="50013"):
        practice.unban_by_hand(guild.id, jonas, ines)
    assert guild.audit_log == []

    practice.time_out(guild.id, ines, timedelta(hours=1), by=theo, reason="calm down")
    practice.ban_by_hand(guild.id, ines, theo, "enough")
    practice.unban_by_hand(guild.id, ines, theo)
    practice.kick_by_hand(guild.id, jonas, guild.owner_id, "bye")

    log = (await rest.get(f"{base(practice)}/audit-logs"))["audit_log_entries"]
    told = [(it["action_type"], it["user_id"], it["target_id"], it.get("reason")) for it in log]
    assert told[::-1] == [
        (24, theo, ines, "calm down"),
        (22, theo, ines, "enough"),
        (23, theo, ines, None),
        (20, guild.owner_id, jonas, "bye"),
    ]


@pytest.mark.asyncio
async def test_direct_messages_need_a_shared_server_and_an_open_door(
    practice: Practice, rest: Rest
) -> None:
    ines = member_id(practice, "Ines")
    channel = await rest.call("POST", "/users/@me/channels", {"recipient_id": ines})
    place, body = f"/channels/{channel['id']}/messages", {"content": "You were warned"}
    message = await rest.call("POST", place, body)
    practice.take_direct_messages(ines, on=False)
    await rest.refused("POST", place, body, status=403, code=50007)
    practice.take_direct_messages(ines)
    practice.ban(practice.guild.id, ines)
    await rest.refused("POST", place, body, status=403, code=50007)
    # What was sent before can still be taken back
    await rest.call("DELETE", f"{place}/{message['id']}", expect=204)


@pytest.mark.asyncio
async def test_invites_are_paused_for_a_day_at_most(
    practice: Practice, server: PracticeServer, rest: Rest, clock: FakeClock
) -> None:
    path = f"{base(practice)}/incident-actions"
    assert (await rest.get(base(practice)))["incidents_data"] is None
    until = stamp(clock.now + timedelta(hours=24))
    async with aiohttp.ClientSession() as session:
        socket = await listening(practice, session, server)
        told = await rest.call("PUT", path, {"invites_disabled_until": until})
        name, data = await socket.event()
    assert told == {"invites_disabled_until": until, "dms_disabled_until": None}
    assert (name, data["incidents_data"]) == ("GUILD_UPDATE", told)
    with pytest.raises(ApiError):
        practice.join(practice.guild.id, "JonasOpen7", "Robin")
    await rest.call("PUT", path, {"invites_disabled_until": None})
    practice.join(practice.guild.id, "JonasOpen7", "Robin")
    late = {"dms_disabled_until": stamp(clock.now + timedelta(hours=24, seconds=1))}
    await rest.refused("PUT", path, late, status=400, code=50035)
    restrict(practice, Permission.BAN_MEMBERS)
    await rest.refused("PUT", path, {}, status=403, code=50013)
