"""Buttons and menus of messages, by anybody who sees them, in channels and in private."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from infra.practice import ApiError, NotSendableError, Practice
from tests.practice.answering import always, button, member_id, role_id, row, say, select
from tests.practice.endpoint import FakeEndpoint, Payload
from tests.practice.rest import Rest


@pytest_asyncio.fixture
async def endpoint(practice: Practice) -> AsyncIterator[FakeEndpoint]:
    async with FakeEndpoint(practice.public_key_hex) as running:
        practice.interactions_endpoint = running.url
        yield running


async def posted(practice: Practice, rest: Rest, *components: Payload) -> str:
    place = f"/channels/{list(practice.guild.channels)[1]}/messages"
    body = {"content": "A panel", "components": [row(one) for one in components]}
    message: dict[str, Any] = await rest.call("POST", place, body)
    return str(message["id"])


@pytest.mark.asyncio
async def test_anybody_presses_a_button_of_a_posted_message(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    message_id = await posted(practice, rest, button("report"))
    endpoint.answers["report"] = say("Thank you", flags=64)

    for name in ("Ines", "Theo"):
        person = member_id(practice, name)
        outcome = await practice.click(practice.guild.id, person, message_id, "report")
        assert (outcome.content, outcome.ephemeral) == ("Thank you", True)

    assert [payload["member"]["user"]["id"] for payload in endpoint.received] == [
        member_id(practice, "Ines"),
        member_id(practice, "Theo"),
    ]
    assert {payload["channel_id"] for payload in endpoint.received} == {
        list(practice.guild.channels)[1]
    }


@pytest.mark.asyncio
async def test_menus_send_what_is_chosen_with_what_it_names(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    message_id = await posted(
        practice,
        rest,
        select(3, "texts", min_values=0, max_values=2),
        select(5, "users", max_values=2),
        select(6, "roles"),
        select(7, "either", max_values=2),
        select(8, "channels"),
    )
    for name in ("texts", "users", "roles", "either", "channels"):
        endpoint.answers[name] = always({"type": 6})
    theo, staff = member_id(practice, "Theo"), role_id(practice, "Staff")
    channel = next(iter(practice.guild.channels))
    choices = {
        "texts": [],
        "users": ["theo"],
        "roles": [staff],
        "either": ["Theo", "Staff"],
        "channels": ["#general"],
    }

    for name, values in choices.items():
        await practice.click(practice.guild.id, practice.guild.owner_id, message_id, name, values)

    data = {payload["data"]["custom_id"]: payload["data"] for payload in endpoint.received}
    assert {name: one["values"] for name, one in data.items()} == {
        "texts": [],
        "users": [theo],
        "roles": [staff],
        "either": [theo, staff],
        "channels": [channel],
    }
    assert [one["component_type"] for one in data.values()] == [3, 5, 6, 7, 8]
    assert "resolved" not in data["texts"]
    assert data["users"]["resolved"]["members"][theo]["roles"] == [staff]
    assert set(data["either"]["resolved"]) == {"users", "members", "roles"}
    resolved = data["channels"]["resolved"]["channels"][channel]
    assert (resolved["name"], resolved["guild_id"]) == ("general", practice.guild.id)
    assert int(resolved["permissions"]) > int(resolved["app_permissions"]) > 0


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("menu", "values", "why"),
    [
        (select(3, "m"), [], "choose 1"),
        (select(3, "m"), ["a", "b"], "choose 1"),
        (select(3, "m"), ["z"], "not offered"),
        (select(5, "m"), ["nobody"], "nothing here"),
        (select(3, "m", disabled=True), ["a"], "no usable component"),
    ],
)
async def test_what_a_client_would_not_choose_is_not_sent(
    practice: Practice,
    rest: Rest,
    endpoint: FakeEndpoint,
    menu: Payload,
    values: list[str],
    why: str,
) -> None:
    message_id = await posted(practice, rest, menu)
    with pytest.raises(NotSendableError, match=why):
        await practice.click(practice.guild.id, practice.guild.owner_id, message_id, "m", values)
    assert endpoint.received == []


@pytest.mark.asyncio
async def test_an_unanswered_press_says_that_it_failed(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    message_id = await posted(practice, rest, button("b"))
    endpoint.answers["b"] = always({"type": 8})
    owner = practice.guild.owner_id
    outcome = await practice.click(practice.guild.id, owner, message_id, "b")
    assert outcome.notice == "This interaction failed"


@pytest.mark.asyncio
async def test_a_button_of_a_direct_message_is_pressed_outside_any_server(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    # Given a direct message with a button
    ines = member_id(practice, "Ines")
    channel = await rest.call("POST", "/users/@me/channels", {"recipient_id": ines})
    body = {"content": "Begin?", "components": [row(button("begin"))]}
    message = await rest.call("POST", f"/channels/{channel['id']}/messages", body)
    endpoint.answers["begin"] = say("Welcome")

    # When its reader presses it
    outcome = await practice.click(practice.guild.id, ines, message["id"], "begin")

    # Then the interaction names them as a user, and no server
    assert outcome.content == "Welcome"
    (payload,) = endpoint.received
    assert payload["user"]["id"] == ines
    assert {"member", "guild", "guild_id", "guild_locale"} & payload.keys() == set()
    assert (payload["context"], payload["channel"]["type"]) == (1, 1)
    assert payload["authorizing_integration_owners"] == {"0": "0"}
    assert payload["message"]["id"] == message["id"]
    answer = f"/channels/{channel['id']}/messages/{outcome.message['id']}"
    assert (await rest.get(answer))["interaction_metadata"]["interacted_message_id"]
    # And nobody else has a way to it
    theo = member_id(practice, "Theo")
    with pytest.raises(ApiError):
        await practice.click(practice.guild.id, theo, message["id"], "begin")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("menu", "path"),
    [
        (select(3, "m", placeholder="x" * 151), "placeholder"),
        (select(3, "m", max_values=26), "max_values"),
        (select(3, "m", min_values=26), "min_values"),
        (select(3, "m", min_values=3, max_values=2), "min_values"),
        (select(3, "m", options=[{"label": "A", "value": "a"}] * 2), "options.1.value"),
        (select(3, "m", options=[{"label": "x" * 101, "value": "a"}]), "options.0.label"),
        (select(3, "m", options=[{"label": "A", "value": ""}]), "options.0.value"),
        (
            select(3, "m", options=[{"label": "A", "value": "a", "description": "x" * 101}]),
            "options.0.description",
        ),
    ],
)
async def test_a_menu_beyond_a_limit_names_the_field(
    practice: Practice, rest: Rest, menu: Payload, path: str
) -> None:
    place = f"/channels/{practice.guild.system_channel_id}/messages"
    body = {"content": "x", "components": [row(menu)]}
    answer = await rest.refused("POST", place, body, status=400, code=50035)
    at = answer["errors"]
    for part in ["components", "0", "components", "0", *path.split(".")]:
        at = at[part]
    assert at["_errors"]
