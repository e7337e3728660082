"""Modals: opened, filled in as a client lets one, submitted, and refused as Discord does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from infra.practice import NotSendableError, Outcome, Practice
from tests.practice.answering import (
    always,
    button,
    label,
    member_id,
    modal,
    role_id,
    row,
    say,
    select,
    text_input,
)
from tests.practice.endpoint import FakeEndpoint, Payload
from tests.practice.rest import Rest


@pytest_asyncio.fixture
async def endpoint(practice: Practice, rest: Rest) -> AsyncIterator[FakeEndpoint]:
    commands = [{"name": "open", "description": "Open a form"}]
    await rest.call("PUT", f"/applications/{practice.application_id}/commands", commands)
    async with FakeEndpoint(practice.public_key_hex) as running:
        practice.interactions_endpoint = running.url
        yield running


async def opened(practice: Practice, endpoint: FakeEndpoint, *components: Payload) -> Outcome:
    endpoint.answers["open"] = modal("form", *components)
    return await practice.run_command(practice.guild.id, practice.guild.owner_id, "/open")


async def submit(practice: Practice, opener: Outcome, **values: str | list[str]) -> Outcome:
    guild, owner = practice.guild.id, practice.guild.owner_id
    return await practice.submit_modal(guild, owner, opener.interaction_id, values)


@pytest.mark.asyncio
async def test_every_kind_of_field_is_submitted_with_what_it_names(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    # Given a modal with a text, a choice, people and a role; a modal holds five at most
    endpoint.answers["form"] = say("saved", flags=64)
    opener = await opened(
        practice,
        endpoint,
        label("Reason", text_input("reason", style=2, max_length=400), description="Why"),
        label("Choice", select(3, "choice", max_values=2)),
        label("People", select(5, "people", max_values=3)),
        label("Role", select(6, "role")),
        label("Where", select(8, "where", required=False)),
    )
    assert opener.modal is not None

    # When it is filled in
    outcome = await submit(
        practice, opener, reason="noise", choice=["b", "a"], people=["Theo", "Ines"], role="Staff"
    )

    # Then every value arrives, and whatever was chosen from the server is resolved
    assert (outcome.content, outcome.ephemeral) == ("saved", True)
    sent = endpoint.received[-1]
    assert (sent["type"], "message" in sent) == (5, False)
    assert sent["data"]["custom_id"] == "form"
    parts = sent["data"]["components"]
    assert {part["type"] for part in parts} == {18}
    inner = {part["component"]["custom_id"]: part["component"] for part in parts}
    theo, ines = member_id(practice, "Theo"), member_id(practice, "Ines")
    staff = role_id(practice, "Staff")
    assert inner["reason"]["value"] == "noise"
    assert {name: one["values"] for name, one in inner.items() if "values" in one} == {
        "choice": ["b", "a"],
        "people": [theo, ines],
        "role": [staff],
        "where": [],
    }
    ids = [part["id"] for part in parts] + [one["id"] for one in inner.values()]
    assert len(set(ids)) == 10
    resolved = sent["data"]["resolved"]
    assert set(resolved["users"]) == set(resolved["members"]) == {theo, ines}
    assert resolved["members"][theo]["roles"] == [staff]
    assert set(resolved["roles"]) == {staff}


@pytest.mark.asyncio
async def test_a_modal_from_a_button_comes_with_the_message_and_may_change_it(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    # Given a message of the bot with a button, which opens a modal
    place = f"/channels/{practice.guild.system_channel_id}/messages"
    posted = await rest.call("POST", place, {"content": "Hi", "components": [row(button("go"))]})
    endpoint.answers["go"] = modal("form", label("Name", text_input("name")))
    endpoint.answers["form"] = always({"type": 7, "data": {"content": "Changed"}})
    guild, ines = practice.guild.id, member_id(practice, "Ines")

    # When somebody presses it and fills the modal in
    opener = await practice.click(guild, ines, posted["id"], "go")
    outcome = await practice.submit_modal(guild, ines, opener.interaction_id, {"name": "I"})

    # Then the submission carries that message, and its answer changes it
    assert endpoint.received[-1]["message"]["id"] == posted["id"]
    assert endpoint.received[-1]["member"]["user"]["id"] == ines
    assert (outcome.message["id"], outcome.content) == (posted["id"], "Changed")


@pytest.mark.asyncio
async def test_a_modal_in_answer_to_a_modal_is_refused(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    opener = await opened(practice, endpoint, label("Name", text_input("name")))
    endpoint.answers["form"] = modal("again", label("Name", text_input("name")))

    outcome = await submit(practice, opener, name="x")

    assert outcome.notice == "Something went wrong. Try again."
    assert outcome.modal is None
    assert "type" in str(outcome.detail)


@pytest.mark.asyncio
async def test_a_modal_of_a_command_has_no_message_to_change(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    opener = await opened(practice, endpoint, label("Name", text_input("name")))
    endpoint.answers["form"] = always({"type": 7, "data": {"content": "Changed"}})
    assert (await submit(practice, opener, name="x")).notice is not None


@pytest.mark.asyncio
async def test_the_answer_tells_what_led_to_it(
    practice: Practice, rest: Rest, endpoint: FakeEndpoint
) -> None:
    opener = await opened(practice, endpoint, label("Name", text_input("name")))
    endpoint.answers["form"] = say("saved")
    outcome = await submit(practice, opener, name="x")

    path = f"/channels/{practice.guild.system_channel_id}/messages/{outcome.message['id']}"
    told = (await rest.get(path))["interaction_metadata"]

    assert told["type"] == 5
    assert told["triggering_interaction_metadata"]["id"] == opener.interaction_id


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fields", "values", "why"),
    [
        ([label("Name", text_input("a"))], {}, "Name is required"),
        ([label("Name", text_input("a", min_length=3))], {"a": "ab"}, "at least 3"),
        ([label("Name", text_input("a", max_length=3))], {"a": "abcd"}, "at most 3"),
        ([label("Pick", select(3, "a"))], {}, "Pick is required"),
        ([label("Pick", select(3, "a"))], {"a": ["z"]}, "not offered"),
        ([label("Pick", select(3, "a"))], {"a": ["a", "b"]}, "choose 1"),
        ([label("Pick", select(3, "a", min_values=2, max_values=3))], {"a": ["a"]}, "2 to 3"),
        ([label("Who", select(5, "a"))], {"a": ["nobody"]}, "nothing here"),
        ([label("Where", select(8, "a", channel_types=[2]))], {"a": ["general"]}, "nothing here"),
    ],
)
async def test_what_a_client_would_not_submit_is_not_sent(
    practice: Practice,
    endpoint: FakeEndpoint,
    fields: list[Payload],
    values: dict[str, Any],
    why: str,
) -> None:
    opener = await opened(practice, endpoint, *fields)
    with pytest.raises(NotSendableError, match=why):
        await submit(practice, opener, **values)
    assert len(endpoint.received) == 1


@pytest.mark.asyncio
async def test_what_is_offered_by_default_is_sent_untouched(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    theo = member_id(practice, "Theo")
    options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b", "default": True}]
    endpoint.answers["form"] = say("saved")
    opener = await opened(
        practice,
        endpoint,
        {"type": 10, "content": "Look at it again"},
        label("Name", text_input("name", value="Robin")),
        label("Pick", {"type": 3, "custom_id": "pick", "options": options}),
        label("Who", select(5, "who", default_values=[{"id": theo, "type": "user"}])),
    )

    await submit(practice, opener)

    text, *rest = endpoint.received[-1]["data"]["components"]
    assert set(text) == {"type", "id"}
    assert rest[0]["component"]["value"] == "Robin"
    assert [part["component"]["values"] for part in rest[1:]] == [["b"], [theo]]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("components", "path"),
    [
        ([], "components"),
        ([label("A", text_input(f"a{n}")) for n in range(6)], "components"),
        ([label("", text_input("a"))], "components.0.label"),
        ([label("x" * 46, text_input("a"))], "components.0.label"),
        ([label("A", text_input("a"), description="x" * 101)], "components.0.description"),
        ([label("A", {})], "components.0.component"),
        ([label("A", button("a"))], "components.0.component.type"),
        ([label("A", text_input("a", style=3))], "components.0.component.style"),
        ([label("A", text_input("x" * 101))], "components.0.component.custom_id"),
        (
            [label("A", text_input("a", placeholder="x" * 101))],
            "components.0.component.placeholder",
        ),
        ([label("A", text_input("a", value="x" * 4_001))], "components.0.component.value"),
        ([label("A", text_input("a", max_length=4_001))], "components.0.component.max_length"),
        (
            [label("A", text_input("a", min_length=9, max_length=8))],
            "components.0.component.min_length",
        ),
        ([label("A", select(3, "a", disabled=True))], "components.0.component.disabled"),
        ([label("A", select(3, "a", min_values=0))], "components.0.component.min_values"),
        ([label("A", select(3, "a", options=[]))], "components.0.component.options"),
        ([label("A", select(5, "a", max_values=26))], "components.0.component.max_values"),
        ([label("A", text_input("a")), label("B", text_input("a"))], "components"),
        ([row(select(3, "a"))], "components.0.components.0.type"),
        ([row(text_input("a"))], "components.0.components.0.label"),
        ([row(button("a"))], "components.0.components.0.type"),
        ([button("a")], "components.0.type"),
    ],
)
async def test_a_modal_that_discord_refuses_is_no_answer(
    practice: Practice, endpoint: FakeEndpoint, components: list[Payload], path: str
) -> None:
    outcome = await opened(practice, endpoint, *components)

    assert (outcome.notice, outcome.modal) == ("The application did not respond", None)
    at = str(outcome.detail)
    for part in ["data", *path.split(".")]:
        assert f"'{part}'" in at
        at = at.split(f"'{part}'", 1)[1]


@pytest.mark.asyncio
@pytest.mark.parametrize(("title", "custom_id"), [("x" * 46, "a"), ("", "a"), ("T", "x" * 101)])
async def test_a_modal_has_a_title_and_a_name(
    practice: Practice, endpoint: FakeEndpoint, title: str, custom_id: str
) -> None:
    endpoint.answers["open"] = modal(custom_id, label("A", text_input("a")), title=title)
    outcome = await practice.run_command(practice.guild.id, practice.guild.owner_id, "/open")
    assert outcome.notice is not None


@pytest.mark.asyncio
async def test_nobody_submits_the_modal_of_another(
    practice: Practice, endpoint: FakeEndpoint
) -> None:
    opener = await opened(practice, endpoint, label("Name", text_input("name")))
    ines = member_id(practice, "Ines")
    for interaction_id in (opener.interaction_id, "1"):
        with pytest.raises(NotSendableError, match="no modal is open"):
            await practice.submit_modal(practice.guild.id, ines, interaction_id, {"name": "x"})
