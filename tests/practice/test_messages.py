"""Discord's limits on messages, and what it makes of them."""

from typing import Any

import aiohttp
import pytest

from infra.practice import Intents, Practice, PracticeServer
from tests.practice.conftest import FakeClock
from tests.practice.rest import Rest


@pytest.fixture
def place(practice: Practice) -> str:
    return f"/channels/{practice.guild.system_channel_id}/messages"


def button(number: int) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "b", "custom_id": f"b{number}"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"content": "x" * 2_001}, "content"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds"),
        ({"embeds": [{"title": "x" * 257}]}, "embeds.0.title"),
        ({"embeds": [{"description": "x" * 4_097}]}, "embeds.0.description"),
        ({"embeds": [{"description": "x" * 3_001}] * 2}, "embeds"),
        ({"embeds": [{"fields": [{"name": "a", "value": "b"}] * 26}]}, "embeds.0.fields"),
        ({"embeds": [{"fields": [{"name": "a", "value": ""}]}]}, "embeds.0.fields.0.value"),
        (
            {"embeds": [{"fields": [{"name": "a", "value": "x" * 1_025}]}]},
            "embeds.0.fields.0.value",
        ),
        ({"embeds": [{"footer": {"text": "x" * 2_049}}]}, "embeds.0.footer.text"),
        ({"embeds": [{}]}, "embeds.0.description"),
        ({"embeds": [{"title": "a", "url": "javascript:alert(1)"}]}, "embeds.0.url"),
        (
            {"components": [{"type": 1, "components": [button(n) for n in range(6)]}]},
            "components.0.components",
        ),
        ({"components": [{"type": 1, "components": [button(0), button(0)]}]}, "components"),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "a"}]}]},
            "components.0.components.0.custom_id",
        ),
        ({"components": [button(1)]}, "components.0.type"),
        ({"content": "a", "nonce": "x" * 26}, "nonce"),
    ],
)
async def test_a_message_beyond_a_limit_names_the_field(
    rest: Rest, place: str, body: dict[str, Any], path: str
) -> None:
    answer = await rest.refused("POST", place, body, status=400, code=50035)

    at = answer["errors"]
    for part in path.split("."):
        assert part in at, answer
        at = at[part]
    assert at["_errors"][0]["message"]


@pytest.mark.asyncio
async def test_exactly_at_the_limits_passes(rest: Rest, place: str) -> None:
    fields = [{"name": "n", "value": "v"}] * 25
    await rest.call("POST", place, {"content": "x" * 2_000})
    await rest.call("POST", place, {"embeds": [{"description": "x" * 4_096, "fields": fields}]})
    rows = [{"type": 1, "components": [button(row * 5 + n) for n in range(5)]} for row in range(5)]
    await rest.call("POST", place, {"content": "x", "components": rows})


@pytest.mark.asyncio
async def test_a_repeated_nonce_posts_once_when_enforced(
    practice: Practice, rest: Rest, place: str, clock: FakeClock
) -> None:
    body = {"content": "once", "nonce": "join-1", "enforce_nonce": True}
    first = await rest.call("POST", place, body)
    second = await rest.call("POST", place, body)
    third = await rest.call("POST", place, {**body, "enforce_nonce": False})

    assert first["id"] == second["id"] != third["id"]
    assert len(practice.messages(practice.guild.system_channel_id or "")) == 2
    clock.advance(minutes=6)
    later = await rest.call("POST", place, body)
    assert later["id"] not in (first["id"], third["id"])


@pytest.mark.asyncio
async def test_allowed_mentions_decide_who_is_pinged(
    practice: Practice, rest: Rest, place: str
) -> None:
    owner = practice.guild.owner_id
    text = f"<@{owner}> @everyone"
    free = await rest.call("POST", place, {"content": text})
    none = await rest.call("POST", place, {"content": text, "allowed_mentions": {"parse": []}})

    assert (len(free["mentions"]), free["mention_everyone"]) == (1, True)
    assert (len(none["mentions"]), none["mention_everyone"]) == (0, False)


@pytest.mark.asyncio
async def test_an_attachment_can_be_fetched(server: PracticeServer, rest: Rest, place: str) -> None:
    form = aiohttp.FormData()
    form.add_field("payload_json", '{"content":"log"}', content_type="application/json")
    form.add_field("files[0]", b"Timestamp\r\n", filename="log 1.csv", content_type="text/csv")
    message = await rest.call("POST", place, data=form)
    (attachment,) = message["attachments"]

    assert attachment["url"].startswith(server.origin)
    async with aiohttp.ClientSession() as session, session.get(attachment["url"]) as response:
        assert await response.read() == b"Timestamp\r\n"
        assert response.headers["Content-Disposition"] == "attachment"


@pytest.mark.asyncio
async def test_only_own_messages_can_be_edited(practice: Practice, rest: Rest, place: str) -> None:
    message = practice.say(practice.guild.system_channel_id or "", practice.guild.owner_id, "mine")
    await rest.refused(
        "PATCH", f"{place}/{message.id}", {"content": "yours"}, status=403, code=50005
    )
    await rest.call("DELETE", f"{place}/{message.id}", expect=204)


@pytest.mark.asyncio
async def test_a_body_that_is_no_json_is_told_apart(
    server: PracticeServer, practice: Practice
) -> None:
    headers = {"Authorization": f"Bot {practice.bot_token}", "Content-Type": "application/json"}
    url = f"{server.api_base}/channels/{practice.guild.system_channel_id}/messages"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(url, data="{") as response,
    ):
        assert (response.status, (await response.json())["code"]) == (400, 50109)


@pytest.mark.asyncio
async def test_what_does_not_exist_is_404(server: PracticeServer, practice: Practice) -> None:
    headers = {"Authorization": f"Bot {practice.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{server.api_base}/nothing/here") as response:
            assert response.headers["Content-Type"] == "application/json"
            assert await response.json() == {"message": "404: Not Found", "code": 0}
        async with session.delete(f"{server.api_base}/gateway/bot") as response:
            assert response.status == 405


@pytest.mark.asyncio
async def test_what_others_wrote_needs_an_intent_over_rest_too(
    practice: Practice, rest: Rest, place: str
) -> None:
    channel, owner = practice.guild.system_channel_id or "", practice.guild.owner_id
    practice.say(channel, owner, "a secret")
    practice.say(channel, owner, f"<@{practice.application_id}> hello")
    await rest.call("POST", place, {"content": "mine"})

    async def told() -> list[str]:
        return [item["content"] for item in await rest.get(place)][::-1]

    assert await told() == ["", f"<@{practice.application_id}> hello", "mine"]
    practice.approved_intents |= Intents.MESSAGE_CONTENT
    assert (await told())[0] == "a secret"
