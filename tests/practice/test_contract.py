"""Every route answers in the shapes that Discord describes."""

import aiohttp
import pytest

from infra.practice import Practice
from infra.practice.oauth import secret_of
from infra.practice.routes import NOUNS
from tests.practice import contract
from tests.practice.endpoint import FakeEndpoint, Payload
from tests.practice.rest import Rest

pytestmark = pytest.mark.skipif(not contract.available(), reason="needs Discord's description")

COMMANDS = [
    {
        "name": "invite",
        "description": "Track who brings whom",
        "options": [
            {
                "type": 1,
                "name": "view",
                "description": "What somebody brought",
                "options": [{"type": 6, "name": "user", "description": "Who"}],
            },
            {
                "type": 2,
                "name": "rank",
                "description": "Ranks",
                "options": [
                    {
                        "type": 1,
                        "name": "add",
                        "description": "Add one",
                        "options": [
                            {"type": 8, "name": "role", "description": "Role", "required": True},
                            {
                                "type": 4,
                                "name": "invites",
                                "description": "How many",
                                "required": True,
                                "min_value": 1,
                            },
                        ],
                    }
                ],
            },
        ],
    },
    {
        "name": "export",
        "description": "The log",
        "default_member_permissions": "32",
        "options": [
            {
                "type": 3,
                "name": "period",
                "description": "Over how long",
                "choices": [{"name": "today", "value": "day"}],
            }
        ],
    },
]
MESSAGE = {
    "content": "Hello <@{0}>",
    "embeds": [
        {
            "title": "Title",
            "description": "Words",
            "url": "https://example.com",
            "color": 255,
            "timestamp": "2026-11-20T10:00:00Z",
            "fields": [{"name": "a", "value": "b", "inline": True}, {"name": "c", "value": "d"}],
            "footer": {"text": "foot"},
            "author": {"name": "who", "icon_url": None},
            "image": {"url": "https://example.com/a.png"},
        }
    ],
    "components": [
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "label": "Go", "custom_id": "go"},
                {"type": 2, "style": 5, "label": "Site", "url": "https://example.com"},
            ],
        },
        {
            "type": 1,
            "components": [
                {
                    "type": 3,
                    "custom_id": "menu",
                    "options": [{"label": "One", "value": "1"}],
                }
            ],
        },
        {"type": 1, "components": [{"type": 5, "custom_id": "people"}]},
    ],
}


@pytest.mark.asyncio
async def test_every_route_answers_as_discord_describes(practice: Practice, rest: Rest) -> None:
    await _about_the_bot(practice, rest)
    await _about_the_guild(practice, rest)
    await _about_members(practice, rest)
    await _about_member_search(practice, rest)
    await _about_invites(practice, rest)
    await _about_target_users(practice, rest)
    await _about_messages(practice, rest)
    await _about_moderation(practice, rest)
    await _about_channels(practice, rest)
    await _about_automod(practice, rest)
    await _about_signing_in(practice, rest)
    await _about_commands(practice, rest)
    await _about_interactions(practice, rest)
    served = {
        (route.method, contract.operation(route.method, route.path))
        for noun in NOUNS
        for route in noun.routes.items
    }
    assert served - rest.visited == set()


async def _about_the_bot(practice: Practice, rest: Rest) -> None:
    gateway = await rest.get("/gateway/bot")
    assert gateway["url"].endswith("/gateway")
    await rest.get("/gateway")
    assert (await rest.get("/users/@me"))["id"] == practice.application_id
    await rest.get(f"/users/{practice.guild.owner_id}")
    await rest.get("/users/@me/guilds")
    channel = await rest.call(
        "POST", "/users/@me/channels", {"recipient_id": practice.guild.owner_id}
    )
    await rest.get(f"/channels/{channel['id']}")
    await rest.call("POST", f"/channels/{channel['id']}/messages", {"content": "Hello"})
    application = await rest.get("/oauth2/applications/@me")
    assert application["verify_key"] == practice.public_key_hex
    await rest.get("/applications/@me")
    await rest.call("PATCH", "/applications/@me", {"description": "New"})


async def _about_the_guild(practice: Practice, rest: Rest) -> None:
    base = f"/guilds/{practice.guild.id}"
    await rest.get(base)
    assert (await rest.get(f"{base}?with_counts=true"))["approximate_member_count"] == 6
    channels = await rest.get(f"{base}/channels")
    await rest.get(f"/channels/{channels[0]['id']}")
    roles = await rest.get(f"{base}/roles")
    await rest.get(f"{base}/roles/{roles[0]['id']}")
    assert (await rest.get(f"{base}/vanity-url")) == {"code": "practice", "uses": 12}
    await rest.get(f"{base}/audit-logs?limit=10")
    await rest.refused("GET", "/guilds/1", status=404, code=10004)
    await rest.refused("GET", "/guilds/abc", status=400, code=50035)


async def _about_members(practice: Practice, rest: Rest) -> None:
    base = f"/guilds/{practice.guild.id}"
    member = practice.join(practice.guild.id, code="JonasOpen7", user="Robin")
    regular = next(it for it in practice.guild.roles.values() if it.name == "Regular")
    place = f"{base}/members/{member.user_id}"
    everyone = await rest.get(f"{base}/members?limit=1000")
    assert len(everyone) == 7
    later = await rest.get(f"{base}/members?limit=1000&after={everyone[2]['user']['id']}")
    assert [item["user"]["id"] for item in later] == [it["user"]["id"] for it in everyone[3:]]
    await rest.get(f"{base}/members/search?query=robin")
    await rest.get(place)
    await rest.call("PUT", f"{place}/roles/{regular.id}", expect=204)
    await rest.call("DELETE", f"{place}/roles/{regular.id}", expect=204)
    await rest.call("PATCH", place, {"nick": "Bobby", "roles": [regular.id]})
    await rest.call("DELETE", place, headers={"X-Audit-Log-Reason": "so%20it%20goes"}, expect=204)
    token = practice.grant_access(member.user_id)
    await rest.call("PUT", place, {"access_token": token}, expect=201)
    await rest.call("PUT", place, {"access_token": token}, expect=204)
    await rest.call("PUT", f"{base}/bans/{member.user_id}", {}, expect=204)
    await rest.get(f"{base}/bans")
    await rest.get(f"{base}/bans/{member.user_id}")
    await rest.call("DELETE", f"{base}/bans/{member.user_id}", expect=204)
    await rest.refused("GET", place, status=404, code=10007)
    entries = await rest.get(f"{base}/audit-logs?limit=100")
    kinds = [entry["action_type"] for entry in entries["audit_log_entries"]]
    assert kinds == [23, 22, 20, 24, 25, 25, 25]
    assert entries["audit_log_entries"][2]["reason"] == "so it goes"


async def _about_invites(practice: Practice, rest: Rest) -> None:
    guild = practice.guild
    channel = guild.system_channel_id
    listed = await rest.get(f"/guilds/{guild.id}/invites")
    assert {item["code"] for item in listed} == {
        "Mara4Ever1x",
        "TheoWk25",
        "InesOnce",
        "JonasOpen7",
    }
    assert all("uses" in item and "inviter" in item for item in listed)
    created = await rest.call(
        "POST", f"/channels/{channel}/invites", {"max_age": 600, "max_uses": 1, "unique": True}
    )
    await rest.get(f"/channels/{channel}/invites")
    seen = await rest.get(f"/invites/{created['code']}?with_counts=true")
    assert "uses" not in seen
    await rest.get("/invites/practice")
    await rest.call("DELETE", f"/invites/{created['code']}")
    await rest.refused("GET", f"/invites/{created['code']}", status=404, code=10006)


async def _about_member_search(practice: Practice, rest: Rest) -> None:
    path = f"/guilds/{practice.guild.id}/members-search"
    found = await rest.call("POST", path, {"limit": 1_000})
    assert found["total_result_count"] == len(practice.guild.members)
    practice.faults.index_unavailable()
    await rest.call("POST", path, {}, expect=202)
    practice.faults.answer("POST", "/guilds/*/members-search", 429)
    await rest.call("POST", path, {}, expect=429)


async def _about_target_users(practice: Practice, rest: Rest) -> None:
    owner = practice.guild.owner_id
    practice.faults.target_users_take(0)
    form = aiohttp.FormData()
    form.add_field("unique", "true")
    form.add_field("target_users_file", owner.encode(), filename="users.csv")
    path = f"/channels/{practice.guild.system_channel_id}/invites"
    created = await rest.call("POST", path, data=form)
    place = f"/invites/{created['code']}/target-users"
    await rest.get(place)
    await rest.get(f"{place}/job-status")
    form = aiohttp.FormData()
    form.add_field("target_users_file", b"12345678901234567\n", filename="users.csv")
    await rest.call("PUT", place, data=form, expect=204)
    await rest.call("PUT", f"{place}/{owner}", expect=204)
    await rest.call("DELETE", f"{place}/{owner}", expect=204)
    await rest.call("POST", f"{place}/bulk-add", {"user_ids": [owner]}, expect=204)
    await rest.call("POST", f"{place}/bulk-delete", {"user_ids": [owner]}, expect=204)


async def _about_messages(practice: Practice, rest: Rest) -> None:
    place = f"/channels/{practice.guild.system_channel_id}/messages"
    body = {**MESSAGE, "content": f"Hello <@{practice.guild.owner_id}>"}
    message = await rest.call("POST", place, body)
    assert [user["id"] for user in message["mentions"]] == [practice.guild.owner_id]
    form = aiohttp.FormData()
    form.add_field(
        "payload_json",
        '{"content":"a file","attachments":[{"id":0,"description":"rows"}]}',
        content_type="application/json",
    )
    form.add_field("files[0]", b"a,b\n", filename="rows.csv", content_type="text/csv")
    with_file = await rest.call("POST", place, data=form)
    assert with_file["attachments"][0]["description"] == "rows"
    reply = {"content": "reply", "message_reference": {"message_id": message["id"]}}
    await rest.call("POST", place, reply)
    await rest.call(
        "POST",
        place,
        {
            "flags": 1 << 15,
            "components": [
                {
                    "type": 17,
                    "components": [
                        {"type": 10, "content": "**text**"},
                        {"type": 14},
                        {
                            "type": 9,
                            "components": [{"type": 10, "content": "side"}],
                            "accessory": {
                                "type": 2,
                                "style": 2,
                                "label": "Go",
                                "custom_id": "go2",
                            },
                        },
                    ],
                }
            ],
        },
    )
    await rest.get(f"{place}?limit=10")
    await rest.get(f"{place}/{message['id']}")
    await rest.call("PATCH", f"{place}/{message['id']}", {"content": "changed", "embeds": []})
    await rest.call("DELETE", f"{place}/{message['id']}", expect=204)
    await rest.refused("GET", f"{place}/{message['id']}", status=404, code=10008)
    await rest.refused("POST", place, {"content": ""}, status=400, code=50006)
    hooks = f"/channels/{practice.guild.system_channel_id}/webhooks"
    hook = await rest.call("POST", hooks, {"name": "alerts"})
    await rest.get(hooks)
    own = f"/webhooks/{hook['id']}/{hook['token']}"
    await rest.get(own)
    await rest.call("POST", own, {"content": "quiet"}, expect=204)
    posted = await rest.call("POST", f"{own}?wait=true", {"content": "loud", "username": "Alarm"})
    await rest.call("PATCH", f"{own}/messages/{posted['id']}", {"content": "over"})
    await rest.call("DELETE", own, expect=204)
    await rest.refused("POST", own, {"content": "gone"}, status=404, code=10015)


async def _about_moderation(practice: Practice, rest: Rest) -> None:
    base = f"/guilds/{practice.guild.id}"
    stranger = practice.add_user("Stranger")
    await rest.call("POST", f"{base}/bulk-ban", {"user_ids": [stranger.id]})
    await rest.call("PUT", f"{base}/incident-actions", {"dms_disabled_until": None})
    ids = [practice.say(next(iter(practice.guild.channels)), practice.guild.owner_id, "x").id]
    ids.append(practice.say(next(iter(practice.guild.channels)), practice.guild.owner_id, "y").id)
    place = f"/channels/{next(iter(practice.guild.channels))}"
    await rest.call("POST", f"{place}/messages/bulk-delete", {"messages": ids}, expect=204)


async def _about_channels(practice: Practice, rest: Rest) -> None:
    base = f"/guilds/{practice.guild.id}"
    made = await rest.call("POST", f"{base}/channels", {"name": "new"}, expect=201)
    place = f"/channels/{made['id']}"
    await rest.call("PATCH", place, {"topic": "changed"})
    overwrite = f"{place}/permissions/{practice.guild.id}"
    await rest.call("PUT", overwrite, {"type": 0, "deny": "2048"}, expect=204)
    await rest.call("DELETE", overwrite, expect=204)
    message = await rest.call("POST", f"{place}/messages", {"content": "a thread begins"})
    at = f"{place}/messages/{message['id']}/threads"
    thread = await rest.call("POST", at, {"name": "thread"}, expect=201)
    await rest.call("PATCH", f"/channels/{thread['id']}", {"locked": True, "archived": True})
    await rest.call("POST", f"{place}/threads", {"name": "own", "type": 12}, expect=201)
    await rest.get(f"/channels/{thread['id']}")
    await rest.get(f"{base}/threads/active")
    await rest.get(f"{place}/threads/archived/public?limit=10")
    await rest.get(f"{base}/audit-logs?action_type=110")
    await rest.call("DELETE", place)


async def _about_automod(practice: Practice, rest: Rest) -> None:
    base = f"/guilds/{practice.guild.id}/auto-moderation/rules"
    alert = {"type": 2, "metadata": {"channel_id": practice.guild.system_channel_id}}
    pause = {"type": 3, "metadata": {"duration_seconds": 60}}
    for trigger, event, metadata, actions in (
        (1, 1, {"keyword_filter": ["cat"]}, [{"type": 1}, alert, pause]),
        (3, 1, None, [{"type": 1, "metadata": {"custom_message": "no"}}]),
        (4, 1, {"presets": [1, 2]}, [alert]),
        (5, 1, {"mention_total_limit": 5}, [pause]),
        (6, 2, {"regex_patterns": ["x+"]}, [{"type": 4}]),
    ):
        body = {
            "name": "rule",
            "trigger_type": trigger,
            "event_type": event,
            "trigger_metadata": metadata,
            "actions": actions,
        }
        rule = await rest.call("POST", base, body)
    await rest.get(base)
    place = f"{base}/{rule['id']}"
    await rest.get(place)
    await rest.call("PATCH", place, {"enabled": True})
    await rest.call("DELETE", place, expect=204)


async def _about_signing_in(practice: Practice, rest: Rest) -> None:
    world, back = practice.world, "https://example.com/back"
    code = world.grants.allow(practice.guild.owner_id, ["identify"], back, None, world.now)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": practice.application_id,
        "client_secret": secret_of(world.application.signing_seed),
    }
    token = await rest.call("POST", "/oauth2/token", data=aiohttp.FormData(fields))
    await rest.call("POST", "/oauth2/token", data=aiohttp.FormData(fields), expect=400)
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    told = await rest.get("/users/@me", headers=bearer)
    assert told["id"] == practice.guild.owner_id


async def _about_commands(practice: Practice, rest: Rest) -> None:
    application = f"/applications/{practice.application_id}"
    for base in (f"{application}/commands", f"{application}/guilds/{practice.guild.id}/commands"):
        first = await rest.call("PUT", base, COMMANDS)
        again = await rest.call("PUT", base, COMMANDS)
        assert first == again
        assert await rest.get(base) == first
        new = {"name": "new", "description": "New"}
        created = await rest.call("POST", base, new, expect=201)
        await rest.call("POST", base, {**new, "description": "Newer"}, expect=200)
        await rest.get(f"{base}/{created['id']}")
        await rest.call("PATCH", f"{base}/{created['id']}", {"description": "Newest"})
        await rest.call("DELETE", f"{base}/{created['id']}", expect=204)
        await rest.refused("GET", f"{base}/{created['id']}", status=404, code=10063)
        wrong = [{"name": "Bad Name", "description": ""}]
        answer = await rest.refused("PUT", base, wrong, status=400, code=50035)
        assert set(answer["errors"]["0"]) == {"name", "description"}


async def _about_interactions(practice: Practice, rest: Rest) -> None:
    async with FakeEndpoint(practice.public_key_hex) as endpoint:
        practice.interactions_endpoint = endpoint.url

        async def think(_: Payload) -> Payload:
            return {"type": 5}

        endpoint.answers["export"] = think
        outcome = await practice.run_command(
            practice.guild.id, practice.guild.owner_id, "/export", patience=0
        )
        base = f"/webhooks/{practice.application_id}/{outcome.token}"
        assert (await rest.get(f"{base}/messages/@original"))["flags"] == 128
        await rest.call("PATCH", f"{base}/messages/@original", {"content": "done"})
        extra = await rest.call("POST", base, {"content": "more", "flags": 64})
        await rest.get(f"{base}/messages/{extra['id']}")
        await rest.call("PATCH", f"{base}/messages/{extra['id']}", {"content": "changed"})
        await rest.call("DELETE", f"{base}/messages/{extra['id']}", expect=204)
        await rest.call("DELETE", f"{base}/messages/@original", expect=204)
        await _by_callback(practice, rest, endpoint)
    practice.interactions_endpoint = None


async def _by_callback(practice: Practice, rest: Rest, endpoint: FakeEndpoint) -> None:
    async def answer(payload: Payload) -> Payload:
        path = f"/interactions/{payload['id']}/{payload['token']}/callback"
        body = {"type": 4, "data": {"content": "by callback"}}
        told = await rest.call("POST", f"{path}?with_response=true", body)
        assert told["resource"]["message"]["content"] == "by callback"
        await rest.refused("POST", path, body, status=400, code=40060)
        return {}

    endpoint.answers["export"] = answer
    outcome = await practice.run_command(practice.guild.id, practice.guild.owner_id, "/export")
    assert outcome.content == "by callback"


def test_the_check_itself_notices_a_wrong_answer() -> None:
    assert contract.problems("GET", "/users/@me", 200, {"id": 1})
    assert contract.problems("GET", "/guilds/1/invites", 200, [{"code": "a"}])
    assert contract.problems("DELETE", "/guilds/1/members/2", 204, {})
