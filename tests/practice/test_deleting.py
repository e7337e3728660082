"""Messages deleted one by one and together, and read in pages."""

import aiohttp
import pytest

from infra.practice import ApiError, Intents, Permission, Practice, PracticeServer
from tests.practice.answering import member_id
from tests.practice.conftest import FakeClock
from tests.practice.gateway_client import connect
from tests.practice.rest import Rest
from tests.practice.test_permissions import restrict


@pytest.fixture
def place(practice: Practice) -> str:
    return f"/channels/{practice.guild.system_channel_id}/messages"


def written(practice: Practice, count: int) -> list[str]:
    channel, ines = practice.guild.system_channel_id or "", member_id(practice, "Ines")
    return [practice.say(channel, ines, f"{number}").id for number in range(count)]


@pytest.mark.asyncio
async def test_many_go_in_one_request_and_one_event(
    practice: Practice, server: PracticeServer, rest: Rest, place: str
) -> None:
    ids = written(practice, 3)
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, server)
        await socket.identify(practice, Intents.GUILD_MESSAGES | Intents.GUILD_MODERATION)
        await socket.settle()
        # One that does not exist counts and is passed over
        unknown = str(int(ids[-1]) + 1)
        body = {"messages": [*ids[:2], unknown]}
        await rest.call("POST", f"{place}/bulk-delete", body, expect=204)
        name, data = await socket.event()
        _, entry = await socket.event()
    assert (name, data["ids"]) == ("MESSAGE_DELETE_BULK", ids[:2])
    assert (entry["action_type"], entry["options"]) == (73, {"count": "2"})
    assert entry["target_id"] == practice.guild.system_channel_id
    assert [item["id"] for item in await rest.get(place)] == ids[2:]


@pytest.mark.asyncio
async def test_none_older_than_two_weeks_goes_together(
    practice: Practice, rest: Rest, place: str, clock: FakeClock
) -> None:
    old = written(practice, 1)
    clock.advance(days=14, seconds=1)
    fresh = written(practice, 2)
    body = {"messages": [*old, *fresh]}
    await rest.refused("POST", f"{place}/bulk-delete", body, status=400, code=50034)
    assert len(await rest.get(place)) == 3
    await rest.call("POST", f"{place}/bulk-delete", {"messages": fresh}, expect=204)
    await rest.call("DELETE", f"{place}/{old[0]}", expect=204)


@pytest.mark.asyncio
async def test_between_two_and_a_hundred_different_ones(
    practice: Practice, rest: Rest, place: str
) -> None:
    ids = written(practice, 101)
    for wrong in (ids[:1], ids, [ids[0], ids[0]]):
        await rest.refused(
            "POST", f"{place}/bulk-delete", {"messages": wrong}, status=400, code=50035
        )
    restrict(practice, Permission.SEND_MESSAGES)
    body = {"messages": ids[:2]}
    await rest.refused("POST", f"{place}/bulk-delete", body, status=403, code=50013)


@pytest.mark.asyncio
async def test_history_is_read_in_pages_either_way(
    practice: Practice, rest: Rest, place: str
) -> None:
    ids = written(practice, 9)

    async def page(query: str) -> list[str]:
        return [item["id"] for item in await rest.get(f"{place}?{query}")]

    assert await page("limit=4") == ids[:4:-1]
    assert await page(f"limit=4&before={ids[5]}") == ids[4:0:-1]
    assert await page(f"limit=3&after={ids[1]}") == ids[4:1:-1]
    assert await page(f"limit=3&around={ids[4]}") == ids[5:2:-1]


@pytest.mark.asyncio
async def test_a_hand_deletes_what_others_wrote_with_permission_and_is_logged(
    practice: Practice, rest: Rest, place: str
) -> None:
    first, second = written(practice, 2)
    theo, ines = member_id(practice, "Theo"), member_id(practice, "Ines")
    with pytest.raises(ApiError, match="50013"):
        practice.delete_message(first, member_id(practice, "Jonas"))
    practice.delete_message(first, theo)
    practice.delete_message(second, ines)
    assert await rest.get(place) == []
    log = await rest.get(f"/guilds/{practice.guild.id}/audit-logs?action_type=72")
    (entry,) = log["audit_log_entries"]
    assert (entry["user_id"], entry["target_id"]) == (theo, ines)
    assert entry["options"] == {"channel_id": practice.guild.system_channel_id, "count": "1"}


@pytest.mark.asyncio
async def test_the_bot_deletes_only_its_own_in_private(practice: Practice, rest: Rest) -> None:
    ines = member_id(practice, "Ines")
    channel = await rest.call("POST", "/users/@me/channels", {"recipient_id": ines})
    message = practice.say(channel["id"], ines, "hello")
    path = f"/channels/{channel['id']}/messages"
    await rest.refused("DELETE", f"{path}/{message.id}", status=403, code=50003)
    body = {"messages": [message.id, str(int(message.id) + 1)]}
    await rest.refused("POST", f"{path}/bulk-delete", body, status=400, code=50024)
