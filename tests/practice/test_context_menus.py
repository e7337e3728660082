"""Commands of the context menus of users and messages, and files as options."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from infra.practice import ApiError, NotSendableError, Practice
from infra.practice.content.body import Upload
from tests.practice.answering import member_id, role_id, say
from tests.practice.endpoint import FakeEndpoint
from tests.practice.rest import Rest

COMMANDS = [
    {"name": "Moderate", "type": 2, "default_member_permissions": "4"},
    {"name": "Report message", "type": 3},
    {
        "name": "warn",
        "description": "Warn somebody",
        "options": [{"type": 11, "name": "evidence", "description": "A picture"}],
    },
]


@pytest_asyncio.fixture
async def endpoint(practice: Practice, rest: Rest) -> AsyncIterator[FakeEndpoint]:
    path = f"/applications/{practice.application_id}/commands"
    kept = await rest.call("PUT", path, COMMANDS)
    assert [(one["type"], one["description"]) for one in kept[:2]] == [(2, ""), (3, "")]
    async with FakeEndpoint(practice.public_key_hex) as running:
        practice.interactions_endpoint = running.url
        yield running


@pytest.mark.asyncio
async def test_a_command_is_used_on_a_member(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["Moderate"] = say("What now?")
    theo, staff = member_id(practice, "Theo"), role_id(practice, "Staff")
    guild, owner = practice.guild.id, practice.guild.owner_id

    outcome = await practice.use_on_user(guild, owner, "Moderate", theo)

    data = endpoint.received[0]["data"]
    assert (endpoint.received[0]["type"], data["type"], data["target_id"]) == (2, 2, theo)
    assert (data["name"], "options" in data) == ("Moderate", False)
    member = data["resolved"]["members"][theo]
    assert (member["roles"], int(member["permissions"]) & 4) == ([staff], 4)
    assert data["resolved"]["users"][theo]["global_name"] == "Theo"
    path = f"/channels/{practice.guild.system_channel_id}/messages/{outcome.message['id']}"
    assert (await rest.get(path))["interaction_metadata"]["target_user"]["id"] == theo


@pytest.mark.asyncio
async def test_somebody_outside_the_server_has_no_membership(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["Moderate"] = say("What now?")
    robin = practice.add_user("Robin")
    await practice.use_on_user(practice.guild.id, practice.guild.owner_id, "Moderate", robin.id)
    assert set(endpoint.received[0]["data"]["resolved"]) == {"users"}


@pytest.mark.asyncio
async def test_a_command_is_used_on_a_message_and_carries_it_whole(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["Report message"] = say("Reported", flags=64)
    ines, theo = member_id(practice, "Ines"), member_id(practice, "Theo")
    channel = list(practice.guild.channels)[1]
    message = practice.say(channel, theo, "something rude")

    outcome = await practice.use_on_message(practice.guild.id, ines, "Report message", message.id)

    assert outcome.ephemeral
    (payload,) = endpoint.received
    assert (payload["data"]["type"], payload["data"]["target_id"]) == (3, message.id)
    assert payload["channel_id"] == channel
    told = payload["data"]["resolved"]["messages"][message.id]
    assert (told["content"], told["author"]["id"]) == ("something rude", theo)
    assert "message" not in payload


@pytest.mark.asyncio
async def test_what_is_not_offered_is_not_sent(practice: Practice, endpoint: FakeEndpoint) -> None:
    ines, theo = member_id(practice, "Ines"), member_id(practice, "Theo")
    guild = practice.guild.id
    message = practice.say(practice.guild.system_channel_id or "", theo, "hello")
    with pytest.raises(NotSendableError, match="permission"):
        await practice.use_on_user(guild, ines, "Moderate", theo)
    with pytest.raises(NotSendableError, match="no command"):
        await practice.use_on_user(guild, ines, "Report message", theo)
    with pytest.raises(NotSendableError, match="no command"):
        await practice.use_on_message(guild, ines, "Moderate", message.id)
    with pytest.raises(ApiError):
        await practice.use_on_message(guild, ines, "Report message", "1")
    assert endpoint.received == []


@pytest.mark.asyncio
async def test_a_file_as_an_option_is_resolved_and_can_be_fetched(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["warn"] = say("ok")
    picture = Upload("a picture.png", "image/png", b"\x89PNG")
    guild, owner = practice.guild.id, practice.guild.owner_id

    await practice.run_command(guild, owner, "/warn", {"evidence": picture})

    data = endpoint.received[0]["data"]
    attachment = data["resolved"]["attachments"][data["options"][0]["value"]]
    assert (attachment["filename"], attachment["size"]) == ("a picture.png", 4)
    assert (attachment["content_type"], attachment["ephemeral"]) == ("image/png", True)
    async with aiohttp.ClientSession() as session, session.get(attachment["url"]) as response:
        assert await response.read() == b"\x89PNG"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("command", "path"),
    [
        ({"name": "Moderate", "type": 2, "description": "no"}, "description"),
        ({"name": "Moderate", "type": 2, "options": [{"type": 3}]}, "options"),
        ({"name": "x" * 33, "type": 3}, "name"),
        ({"name": "Moderate", "type": 7}, "type"),
    ],
)
async def test_a_context_menu_has_a_name_alone(
    practice: Practice, rest: Rest, command: dict[str, object], path: str
) -> None:
    base = f"/applications/{practice.application_id}/commands"
    answer = await rest.refused("POST", base, command, status=400, code=50035)
    assert path in answer["errors"]


@pytest.mark.asyncio
async def test_there_are_fifteen_of_a_kind(practice: Practice, rest: Rest) -> None:
    base = f"/applications/{practice.application_id}/commands"
    many = [{"name": f"Command {number}", "type": 2} for number in range(16)]
    await rest.refused("PUT", base, many, status=400, code=30032)
    await rest.call("PUT", base, many[:15])
