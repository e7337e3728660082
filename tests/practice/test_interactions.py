"""Interactions over real sockets: signed, timed, answered, followed up."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from infra.practice import NotSendableError, Outcome, Practice, PracticeServer
from tests.practice.answering import always, member_id, say
from tests.practice.conftest import FakeClock
from tests.practice.endpoint import FakeEndpoint, Payload
from tests.practice.rest import Rest
from tests.practice.test_contract import COMMANDS


@pytest_asyncio.fixture
async def endpoint(practice: Practice, rest: Rest) -> AsyncIterator[FakeEndpoint]:
    extra = [
        {
            "name": "find",
            "description": "Find",
            "options": [
                {"type": 3, "name": "what", "description": "What", "autocomplete": True},
                {"type": 7, "name": "where", "description": "Where"},
                {"type": 8, "name": "role", "description": "Role"},
                {"type": 5, "name": "deep", "description": "Deep"},
                {"type": 10, "name": "share", "description": "Share", "max_value": 1},
            ],
        }
    ]
    await rest.call("PUT", f"/applications/{practice.application_id}/commands", [*COMMANDS, *extra])
    async with FakeEndpoint(practice.public_key_hex) as running:
        practice.interactions_endpoint = running.url
        yield running


async def run(practice: Practice, line: str, **options: str) -> Outcome:
    return await practice.run_command(
        practice.guild.id, practice.guild.owner_id, line, options, patience=5
    )


@pytest.mark.asyncio
async def test_an_answer_is_shown(practice: Practice, endpoint: FakeEndpoint) -> None:
    endpoint.answers["invite"] = say("Theo brought **3**.")

    outcome = await run(practice, "/invite view", user="theo")

    assert (outcome.content, outcome.notice, outcome.ephemeral) == (
        "Theo brought **3**.",
        None,
        False,
    )
    assert outcome.message["type"] == 20
    assert outcome.acknowledged_after is not None
    shown = practice.messages(practice.guild.system_channel_id or "", member_id(practice, "Ines"))
    assert [message.content for message in shown] == ["Theo brought **3**."]


@pytest.mark.asyncio
async def test_the_payload_is_what_discord_sends(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["invite"] = say("ok")
    theo = member_id(practice, "Theo")

    await run(practice, "/invite view", user=f"<@{theo}>")

    (payload,) = endpoint.received
    options = payload["data"]["options"]
    assert options[0]["name"] == "view"
    assert options[0]["options"] == [{"name": "user", "type": 6, "value": theo}]
    assert payload["data"]["resolved"]["users"][theo]["global_name"] == "Theo"
    assert "user" not in payload["data"]["resolved"]["members"][theo]
    assert int(payload["data"]["resolved"]["members"][theo]["permissions"]) & 32
    assert payload["member"]["user"]["id"] == practice.guild.owner_id
    assert int(payload["member"]["permissions"]) & 8
    assert payload["guild"] == {
        "features": practice.guild.features,
        "id": practice.guild.id,
        "locale": "en-US",
    }
    assert payload["authorizing_integration_owners"] == {"0": practice.guild.id}
    assert (payload["version"], payload["context"], payload["type"]) == (1, 0, 2)
    assert payload["channel"]["id"] == payload["channel_id"]
    for key in ("app_permissions", "attachment_size_limit", "entitlements", "locale", "token"):
        assert key in payload


@pytest.mark.asyncio
async def test_a_group_and_every_kind_of_option(practice: Practice, endpoint: FakeEndpoint) -> None:
    endpoint.answers["invite"] = endpoint.answers["find"] = say("ok")

    await run(practice, "/invite rank add", role="Regular", invites="5")
    await run(practice, "/find", where="#lounge", role="Staff", deep="true", share="0.5")

    group, find = (payload["data"] for payload in endpoint.received)
    assert group["options"][0]["type"] == 2
    leaf = group["options"][0]["options"][0]
    assert (leaf["type"], [item["value"] for item in leaf["options"]][1]) == (1, 5)
    assert {item["name"]: type(item["value"]) for item in find["options"]} == {
        "where": str,
        "role": str,
        "deep": bool,
        "share": float,
    }
    assert set(find["resolved"]) == {"roles", "channels"}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("line", "options", "why"),
    [
        ("/nothing", {}, "no command"),
        ("/invite", {}, "needs one of"),
        ("/invite view", {"user": "nobody"}, "nothing here"),
        ("/invite rank add", {"role": "Staff"}, "invites is required"),
        ("/invite rank add", {"role": "Staff", "invites": "0"}, "at least 1"),
        ("/invite rank add", {"role": "Staff", "invites": "many"}, "not a number"),
        ("/export", {"period": "year"}, "choose one"),
        ("/export", {"other": "1"}, "no such option"),
    ],
)
async def test_what_a_client_would_not_send_is_not_sent(
    practice: Practice, endpoint: FakeEndpoint, line: str, options: dict[str, str], why: str
) -> None:
    with pytest.raises(NotSendableError, match=why):
        await run(practice, line, **options)
    assert endpoint.received == []


@pytest.mark.asyncio
async def test_default_member_permissions_hide_a_command(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["export"] = say("ok")
    ines, theo = member_id(practice, "Ines"), member_id(practice, "Theo")

    with pytest.raises(NotSendableError, match="permission"):
        await practice.run_command(practice.guild.id, ines, "/export")
    assert (await practice.run_command(practice.guild.id, theo, "/export")).content == "ok"


@pytest.mark.asyncio
async def test_an_ephemeral_answer_is_for_one(practice: Practice, endpoint: FakeEndpoint) -> None:
    endpoint.answers["invite"] = say("psst", flags=64)

    outcome = await run(practice, "/invite view")

    assert outcome.ephemeral
    channel = practice.guild.system_channel_id or ""
    assert len(practice.messages(channel, practice.guild.owner_id)) == 1
    assert practice.messages(channel, member_id(practice, "Ines")) == []


@pytest.mark.asyncio
async def test_a_deferred_answer_is_waited_for_with_its_files(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    async def later(token: str) -> None:
        base = f"/webhooks/{practice.application_id}/{token}"
        await practice.core.wait_until(lambda: bool(practice.outcome(opened[0]).messages), 5)
        form = aiohttp.FormData()
        form.add_field("payload_json", '{"content":"done"}', content_type="application/json")
        form.add_field("files[0]", b"a,b", filename="log.csv", content_type="text/csv")
        await rest.call("PATCH", f"{base}/messages/@original", data=form)
        await rest.call("POST", base, {"content": "and more"})

    opened: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def defer(payload: Payload) -> Payload:
        opened.append(payload["id"])
        tasks.append(asyncio.create_task(later(payload["token"])))
        return {"type": 5, "data": {"flags": 64}}

    endpoint.answers["export"] = defer
    outcome = await practice.run_command(
        practice.guild.id, practice.guild.owner_id, "/export", follow_ups=1, patience=5
    )
    await asyncio.gather(*tasks)

    assert outcome.content == "done"
    assert outcome.ephemeral
    assert outcome.message["edited_timestamp"] is None
    assert [message["content"] for message in outcome.messages] == ["done", "and more"]
    assert practice.attachment(str(outcome.attachments[0]["id"])) == b"a,b"


@pytest.mark.asyncio
async def test_the_first_follow_up_after_a_deferral_takes_its_place(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["invite"] = always({"type": 5, "data": {"flags": 64}})
    outcome = await practice.run_command(
        practice.guild.id, practice.guild.owner_id, "/invite view", patience=0
    )
    assert outcome.phase == "thinking"

    base = f"/webhooks/{practice.application_id}/{outcome.token}"
    message = await rest.call("POST", base, {"content": "answer"})

    assert message["id"] == outcome.message["id"]
    assert message["flags"] == 64


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer",
    [
        {"type": 1},
        {"type": 7, "data": {"content": "x"}},
        {"type": 4, "data": {}},
        {"type": 4, "data": {"content": "x" * 2_001}},
        {"type": 4, "data": {"embeds": [{"title": "x" * 257}]}},
        {"type": 9, "data": {"title": "x"}},
        {"other": 1},
    ],
)
async def test_an_answer_that_discord_refuses_is_no_answer(
    practice: Practice, endpoint: FakeEndpoint, answer: Payload
) -> None:
    endpoint.answers["invite"] = always(answer)

    outcome = await run(practice, "/invite view")

    assert outcome.notice == "The application did not respond"
    assert outcome.messages == []
    assert outcome.detail


@pytest.mark.asyncio
async def test_errors_and_silence_are_no_answers(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    done = asyncio.Event()

    async def broken(_: Payload) -> web.StreamResponse:
        return web.Response(status=500, text="oops")

    async def silent(_: Payload) -> Payload:
        await done.wait()
        return {"type": 4, "data": {"content": "late"}}

    endpoint.answers.update(invite=broken, export=silent)
    refused, late = await run(practice, "/invite view"), await run(practice, "/export")
    done.set()

    assert refused.detail == "answered 500: not JSON"
    assert (late.notice, late.detail) == (
        "The application did not respond",
        "no answer within 2 s",
    )


@pytest.mark.asyncio
async def test_an_endpoint_that_is_down_is_no_answer(practice: Practice) -> None:
    practice.world.state.commands.clear()
    async with FakeEndpoint(practice.public_key_hex) as endpoint:
        practice.interactions_endpoint = endpoint.url
    check = await practice.verify_endpoint()
    await practice.close()

    assert not check.ok
    assert "not reachable" in check.problems[0]


@pytest.mark.asyncio
async def test_an_accepted_request_may_be_answered_by_callback(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    tasks: list[asyncio.Task[Any]] = []

    async def accept(payload: Payload) -> web.StreamResponse:
        path = f"/interactions/{payload['id']}/{payload['token']}/callback"
        body = {"type": 4, "data": {"content": "later"}}
        tasks.append(asyncio.create_task(rest.call("POST", path, body, expect=204)))
        return web.Response(status=202)

    endpoint.answers["invite"] = accept
    outcome = await run(practice, "/invite view")
    await asyncio.gather(*tasks)

    assert outcome.content == "later"


@pytest.mark.asyncio
async def test_a_token_is_unknown_before_the_answer_and_dead_after_fifteen_minutes(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint, clock: FakeClock
) -> None:
    async def early(payload: Payload) -> Payload:
        path = f"/webhooks/{practice.application_id}/{payload['token']}"
        for method, where in (("POST", path), ("PATCH", f"{path}/messages/@original")):
            await rest.refused(method, where, {"content": "x"}, status=404, code=10015)
        return {"type": 5}

    endpoint.answers["invite"] = early
    outcome = await practice.run_command(
        practice.guild.id, practice.guild.owner_id, "/invite view", patience=0
    )
    path = f"/webhooks/{practice.application_id}/{outcome.token}/messages/@original"
    clock.advance(minutes=14, seconds=59)
    await rest.call("PATCH", path, {"content": "in time"})
    clock.advance(seconds=1)
    await rest.refused("PATCH", path, {"content": "late"}, status=401, code=50027)
    await rest.refused("POST", "/webhooks/1/unknown", {"content": "x"}, status=404, code=10015)


@pytest.mark.asyncio
async def test_a_callback_after_the_limit_is_unknown(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    async def never(_: Payload) -> web.StreamResponse:
        return web.Response(status=202)

    endpoint.answers["invite"] = never
    outcome = await run(practice, "/invite view")
    path = f"/interactions/{outcome.interaction_id}/{outcome.token}/callback"
    await rest.refused("POST", path, {"type": 5}, status=404, code=10062)


@pytest.mark.asyncio
async def test_buttons_menus_and_modals(practice: Practice, endpoint: FakeEndpoint) -> None:
    row = [{"type": 2, "style": 1, "label": "Next", "custom_id": "next"}]
    menu = [{"type": 3, "custom_id": "menu", "options": [{"label": "A", "value": "a"}]}]
    parts = [{"type": 1, "components": row}, {"type": 1, "components": menu}]
    inputs = [{"type": 4, "style": 1, "label": "Name", "custom_id": "name"}]
    modal = {
        "custom_id": "form",
        "title": "Form",
        "components": [{"type": 1, "components": inputs}],
    }
    endpoint.answers["invite"] = say("page 1", components=parts)
    endpoint.answers["next"] = always({"type": 7, "data": {"content": "page 2"}})
    endpoint.answers["menu"] = always({"type": 9, "data": modal})
    endpoint.answers["form"] = say("saved", flags=64)
    guild, owner = practice.guild.id, practice.guild.owner_id

    first = await run(practice, "/invite view")
    message_id = str(first.message["id"])
    second = await practice.click(guild, owner, message_id, "next")
    third = await practice.click(guild, owner, message_id, "menu", ["a"])
    assert third.modal is not None
    with pytest.raises(NotSendableError, match="Name is required"):
        await practice.submit_modal(guild, owner, third.interaction_id, {})
    fourth = await practice.submit_modal(guild, owner, third.interaction_id, {"name": "Robin"})

    assert (second.content, second.message["id"]) == ("page 2", message_id)
    assert fourth.content == "saved"
    click, choice, form = endpoint.received[1:]
    assert click["message"]["id"] == message_id
    assert click["data"]["component_type"] == 2
    assert choice["data"]["values"] == ["a"]
    assert form["data"]["components"][0]["components"][0]["value"] == "Robin"
    with pytest.raises(NotSendableError):
        await practice.click(guild, owner, message_id, "gone")


@pytest.mark.asyncio
async def test_choices_are_offered_while_typing(practice: Practice, endpoint: FakeEndpoint) -> None:
    offered = [{"name": "Theo's", "value": "TheoWk25"}]
    endpoint.answers["find"] = always({"type": 8, "data": {"choices": offered}})

    found = await practice.suggest(
        practice.guild.id, practice.guild.owner_id, "/find", {"what": "The"}, "what"
    )

    assert found == offered
    (option,) = endpoint.received[0]["data"]["options"]
    assert option == {"name": "what", "type": 3, "value": "The", "focused": True}
    assert endpoint.received[0]["type"] == 4


@pytest.mark.asyncio
async def test_choices_are_offered_before_anything_is_typed_and_only_where_declared(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["find"] = always({"type": 8, "data": {"choices": []}})
    guild, owner = practice.guild.id, practice.guild.owner_id

    await practice.suggest(guild, owner, "/find", {}, "what")
    with pytest.raises(NotSendableError, match="role suggests nothing"):
        await practice.suggest(guild, owner, "/find", {}, "role")

    (option,) = endpoint.received[0]["data"]["options"]
    assert option == {"name": "what", "type": 3, "value": "", "focused": True}


@pytest.mark.asyncio
async def test_an_endpoint_is_checked_with_true_and_forged_signatures(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    assert (await practice.verify_endpoint()).ok
    assert endpoint.refused == 3

    endpoint.trusting = True
    check = await practice.verify_endpoint()
    assert [problem.split(":")[0] for problem in check.problems] == [
        "forged PING 1",
        "forged PING 2",
        "unsigned PING",
    ]
    body = {"interactions_endpoint_url": endpoint.url}
    await rest.refused("PATCH", "/applications/@me", body, status=400, code=50035)
    endpoint.trusting = False
    told = await rest.call("PATCH", "/applications/@me", body)
    assert told["interactions_endpoint_url"] == endpoint.url


@pytest.mark.asyncio
async def test_without_an_endpoint_nobody_answers(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    practice.interactions_endpoint = None
    outcome = await run(practice, "/invite view")
    assert outcome.notice == "The application did not respond"
    assert endpoint.received == []


@pytest.mark.asyncio
async def test_the_signature_covers_the_raw_bytes(
    practice: Practice, server: PracticeServer, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["invite"] = say("naïve ☃")
    outcome = await run(practice, "/invite view")
    assert outcome.content == "naïve ☃"
    assert json.dumps(endpoint.received[0])
    assert endpoint.refused == 0
    assert server.api_base.endswith("/api/v10")


@pytest.mark.asyncio
async def test_interactions_tell_the_language_of_the_client(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    endpoint.answers["find"] = say("Found")
    await run(practice, "/find", what="x")
    practice.speak(practice.guild.owner_id, "de-AT")
    await run(practice, "/find", what="x")
    assert [payload["locale"] for payload in endpoint.received] == ["en-US", "de"]
