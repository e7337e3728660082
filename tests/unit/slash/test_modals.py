"""A form opens, serves the member it was opened for, and what they send arrives typed."""

import pytest

from tests.contract import schema
from tests.unit.interactions.doors import Front
from tests.unit.slash.payloads import (
    GUILD,
    MEMBER,
    OTHER,
    interaction,
    menu,
    press,
    send,
    slash,
    user,
)
from usher.ids import GuildId, UserId
from usher.slash.actions import action
from usher.slash.buttons import Button, Choice, Kind, Pick, Select
from usher.slash.commands import command
from usher.slash.context import Ctx
from usher.slash.errors import DeclarationError
from usher.slash.menus import Menu, message_menu, user_menu
from usher.slash.modals import ChoiceField, Modal, PickField, TextField
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.resolved import TargetMessage
from usher.slash.router import Router

COLORS = (Choice("Red", "r", "like a rose"), Choice("Blue", "b"))


@action("form.sent")
def sent(ctx: Ctx[object], page: int) -> Reply:
    return Reply(f"{page} {dict(ctx.answers)}")


@action("form.again")
def again(ctx: Ctx[object]) -> Modal:
    return form(3)


@action("form.color")
def color(ctx: Ctx[object]) -> Reply:
    return Reply(" ".join(ctx.chosen))


@action("form.aside", anew=True)
def aside(ctx: Ctx[object]) -> Reply:
    return Reply("for you")


@action("form.slow", anew=True, defer=True)
def slow(ctx: Ctx[object]) -> Reply:
    raise AssertionError("runs in the command worker")


@command("about", "About you")
def about(ctx: Ctx[object]) -> Modal:
    return form(1)


@user_menu("Look at", permissions=Permission.MODERATE_MEMBERS)
def look(ctx: Ctx[object], user: UserId) -> Reply:
    return Reply(f"{user} {ctx.users[user].username}")


@message_menu("Report it", ephemeral=True)
def report(ctx: Ctx[object], message: TargetMessage) -> Reply:
    return Reply(f"{message.id} {message.author_id} {message.content}")


def form(page: int) -> Modal:
    name = TextField(
        "name", "Your name" * 10, placeholder="x" * 200, value="Mo", description="y" * 200
    )
    bio = TextField("bio", "Bio", required=False, long=True, max_length=500)
    favourite = ChoiceField("color", "Color", COLORS, max=5)
    friend = PickField("friend", "Friend", Kind.USERS, required=False)
    return Modal(
        "Tell us more about yourself, whoever you are" * 2,
        (name, bio, favourite, friend),
        sent.press(page=page),
    )


def front() -> Front:
    return Front(router=Router((about,), (sent, again, color, aside, slow), (look, report)))


def told(body: object) -> str:
    assert isinstance(body, dict)
    return str(body["data"]["content"])


def drawn(
    door: Front, *rows: tuple[Button | Select | Pick, ...], user_id: str | None = MEMBER
) -> Reply:
    who = None if user_id is None else UserId(user_id)
    return door.presses.drawn(Reply("x", rows=rows), GuildId(GUILD), who, door.now)


def test_a_form_is_one_that_discord_takes() -> None:
    _, body = front().send(slash("about"))

    assert schema.interaction_response(body) == []


def test_what_is_sent_arrives_by_field() -> None:
    door = front()
    _, opened = door.send(slash("about"))

    _, body = door.send(send(opened, ("name", "Mason"), ("bio", ""), ("color", ["r", "b"])))

    assert body["type"] == 4
    assert told(body) == "1 {'name': ('Mason',), 'bio': (), 'color': ('r', 'b')}"


def test_a_form_serves_nobody_else() -> None:
    door = front()
    _, opened = door.send(slash("about"))
    stolen = send(opened, ("name", "x"))
    member = stolen["member"]
    assert isinstance(member, dict)

    _, body = door.send(stolen | {"member": member | {"user": user(OTHER, "nelly")}})

    assert f"<@{MEMBER}>" in told(body)


def test_a_form_that_a_button_opened_edits_the_message_with_the_button() -> None:
    door = front()
    _, opened = door.send(press(drawn(door, (Button("Go", again.press()),)).components, "Go"))

    _, body = door.send(send(opened, ("name", "x"), message={"id": "1"}))

    assert body["type"] == 7


def test_an_answer_of_its_own_is_for_the_member_alone() -> None:
    door = front()
    rows = (Button("Now", aside.press()), Button("Later", slow.press()))
    components = drawn(door, rows, user_id=None).components

    assert door.send(press(components, "Now"))[1]["data"]["flags"] == 64  # type: ignore[index]
    assert door.send(press(components, "Later"))[1] == {"type": 5, "data": {"flags": 64}}


def test_a_choice_is_done_at_once() -> None:
    door = front()
    select = Select(COLORS, color.press(), "Which one?", max=9)
    components = drawn(
        door, (select,), (Pick(Kind.CHANNELS, color.press(), types=(0,)),)
    ).components
    ids = [row["components"][0]["custom_id"] for row in components]  # type: ignore[index]

    _, body = door.send(interaction(3, {"custom_id": ids[0], "component_type": 3, "values": ["b"]}))
    _, other = door.send(
        interaction(3, {"custom_id": ids[1], "component_type": 8, "values": [OTHER]})
    )

    assert (told(body), told(other)) == ("b", OTHER)
    assert schema.interaction_response({"type": 7, "data": {"components": list(components)}}) == []


def test_the_menu_on_a_member_asks_for_its_permission() -> None:
    door = front()

    assert "Timeout Members" in told(door.send(menu("Look at", OTHER))[1])
    may = int(Permission.MODERATE_MEMBERS)
    assert told(door.send(menu("Look at", OTHER, permissions=may))[1]) == f"{OTHER} nelly"


def test_the_menu_on_a_message_knows_the_message() -> None:
    _, body = front().send(menu("Report it", "77", kind=3))

    assert told(body) == f"77 {OTHER} Hi"
    assert body["data"]["flags"] == 64  # type: ignore[index]


@pytest.mark.parametrize(("name", "kind"), [("Report it", 2), ("Look at", 3), ("Nothing", 2)])
def test_an_entry_that_is_not_there_is_told(name: str, kind: int) -> None:
    assert "do not know" in told(front().send(menu(name, "77", kind=kind))[1])


def test_a_target_that_discord_did_not_describe_is_told() -> None:
    body = menu("Report it", "77", kind=3)
    assert isinstance(body["data"], dict)
    body["data"]["resolved"] = {}

    assert "do not know" in told(front().send(body)[1])


def test_entries_register_as_discord_takes_them() -> None:
    registration = Router((), (), (look, report)).registration()

    assert schema.registration(registration) == []
    assert [one["type"] for one in registration] == [2, 3]


def test_wrong_declarations_fail_at_once() -> None:
    with pytest.raises(DeclarationError, match="must return Reply"):
        action("form.late", defer=True)(lambda_modal)
    with pytest.raises(DeclarationError, match="takes a Ctx and a UserId"):
        user_menu("Wrong")(report.run)
    with pytest.raises(DeclarationError, match="more than 15"):
        Router((), (), [Menu(2, str(n), look.run) for n in range(16)])
    with pytest.raises(DeclarationError, match="declared twice"):
        Router((), (), (look, look))
    with pytest.raises(ValueError, match="1 to 5 fields"):
        Modal("x", (), sent.press(page=1))


def lambda_modal(ctx: Ctx[object]) -> Modal:
    return form(1)


def test_what_comes_in_an_unknown_shape_is_left_out() -> None:
    door = front()
    _, opened = door.send(slash("about"))
    body = send(opened, ("name", "x"))
    assert isinstance(body["data"], dict)
    body["data"]["components"] += [None, {}, {"component": 5}, {"component": {"custom_id": 3}}]

    assert told(door.send(body)[1]) == "1 {'name': ('x',)}"
