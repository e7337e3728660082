"""A button serves the member it was made for, for an hour, and says nothing of what it does."""

from datetime import timedelta
from itertools import count

import pytest

from tests.fakes.presses import FakePressStore
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, interaction, user
from usher.ids import GuildId, UserId
from usher.slash.actions import action
from usher.slash.buttons import Button, Link, Press, Style
from usher.slash.context import Ctx
from usher.slash.errors import DeclarationError, UserError
from usher.slash.interaction import Interaction, read_interaction
from usher.slash.permissions import Permission
from usher.slash.presses import LIFE, Presses, new_token
from usher.slash.replies import Reply, message
from usher.slash.router import Router


@action("test.turn", permissions=Permission.MANAGE_GUILD)
def turn(ctx: Ctx[object], page: int, codes: list[str] | None = None) -> Reply:
    return Reply(f"{page} {codes} {ctx.user_id}")


def silent(ctx: Ctx[object]):  # type: ignore[no-untyped-def] # noqa: ANN201 - the fault
    return Reply("x")


ROUTER = Router((), (turn,))
REPLY = Reply(
    "Page 1",
    rows=(
        (Button("Back", turn.press(page=0), disabled=True), Link("Help", "https://example.org")),
        (Button("On", turn.press(page=2, codes=["a"]), Style.PRIMARY),),
    ),
)


def presses() -> Presses:
    tokens = count(1)
    return Presses(FakePressStore(), lambda: f"token{next(tokens)}")


def drawn(kept: Presses) -> Reply:
    return kept.drawn(REPLY, GuildId(GUILD), UserId(MEMBER), NOW)


def click(custom_id: str, permissions: int = 0, **changes: object) -> Interaction:
    data = {"component_type": 2, "custom_id": custom_id, "id": 2}
    return read_interaction(interaction(3, data, permissions=permissions, **changes))


def test_buttons_are_drawn_with_ids_that_say_nothing() -> None:
    kept = presses()

    body = message(drawn(kept))

    assert body["components"] == [
        {
            "type": 1,
            "components": [
                {
                    "type": 2,
                    "style": 2,
                    "label": "Back",
                    "custom_id": "token1:0",
                    "disabled": True,
                },
                {"type": 2, "style": 5, "label": "Help", "url": "https://example.org"},
            ],
        },
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "label": "On", "custom_id": "token1:1", "disabled": False}
            ],
        },
    ]


def test_a_reply_without_buttons_is_kept_nowhere() -> None:
    store = FakePressStore()

    Presses(store, new_token).drawn(Reply("x"), GuildId(GUILD), UserId(MEMBER), NOW)

    assert store.held == {}


def test_buttons_without_ids_are_no_message() -> None:
    with pytest.raises(ValueError, match="without ids"):
        message(REPLY)


def test_a_press_runs_what_the_button_was_made_for() -> None:
    kept = presses()
    drawn(kept)

    asked = click("token1:1", permissions=int(Permission.MANAGE_GUILD))
    call = ROUTER.press(asked, kept.pressed(asked, NOW))

    answer = call.run(None, NOW)

    assert isinstance(answer, Reply)
    assert answer.content == f"2 ['a'] {MEMBER}"


@pytest.mark.parametrize(
    "custom_id",
    ["token1:2", "token1:-1", "token1:", "token1", "", "token2:0", "x" * 100, "token1:٣"],
)
def test_an_unknown_id_has_expired(custom_id: str) -> None:
    kept = presses()
    drawn(kept)

    with pytest.raises(UserError) as caught:
        kept.pressed(click(custom_id), NOW)

    assert "expired" in caught.value.sentence


def test_a_button_ends_after_its_life() -> None:
    kept = presses()
    drawn(kept)

    kept.pressed(click("token1:1"), NOW + LIFE - timedelta(microseconds=1))
    with pytest.raises(UserError, match="expired"):
        kept.pressed(click("token1:1"), NOW + LIFE)


def test_nobody_else_can_press_it() -> None:
    kept = presses()
    drawn(kept)
    member = {"user": user(OTHER), "permissions": str(int(Permission.MANAGE_GUILD))}

    with pytest.raises(UserError) as caught:
        kept.pressed(click("token1:1", member=member), NOW)

    assert caught.value.sentence.startswith(f"That button is for <@{MEMBER}>")


def test_it_cannot_be_pressed_from_another_guild() -> None:
    kept = presses()
    drawn(kept)

    with pytest.raises(UserError, match="expired"):
        kept.pressed(click("token1:1", guild_id="613425648685547599"), NOW)


def test_permission_is_asked_for_at_every_press() -> None:
    kept = presses()
    drawn(kept)
    asked = click("token1:1", permissions=0)

    with pytest.raises(UserError, match="You need Manage Server for that button"):
        ROUTER.press(asked, kept.pressed(asked, NOW))


@pytest.mark.parametrize(
    "press", [Press("test.gone"), Press("test.turn"), Press("test.turn", {"page": 1, "size": 3})]
)
def test_a_button_of_an_older_release_says_so(press: Press) -> None:
    asked = click("token1:0", permissions=int(Permission.MANAGE_GUILD))

    with pytest.raises(UserError, match="older release"):
        ROUTER.press(asked, press)


def alone(custom_id: str, who: str = MEMBER) -> Interaction:
    """A press in a direct message: Discord names the user, and no guild."""
    asked = interaction(3, {"custom_id": custom_id, "component_type": 2, "id": 2})
    del asked["guild_id"], asked["member"]
    return read_interaction(asked | {"user": user(who)})


@action("test.direct", direct=True)
def direct(ctx: Ctx[object]) -> Reply:
    """Say where."""
    return Reply(ctx.guild_id)


def test_in_a_direct_message_a_button_is_about_the_guild_that_it_was_made_for() -> None:
    router, kept = Router((), (direct, turn)), presses()
    row = ((Button("Here", direct.press()), Button("Next", turn.press(page=2))),)
    for whose in (UserId(MEMBER), None):
        kept.drawn(Reply("hi", rows=row), GuildId(GUILD), whose, NOW)
    asked = alone("token1:0")

    call = router.press(asked, kept.pressed(asked, NOW))
    assert call.run(None, NOW) == Reply(GUILD)

    with pytest.raises(UserError, match="in a server"):
        router.press(alone("token1:1"), kept.pressed(alone("token1:1"), NOW))
    with pytest.raises(UserError, match="is for"):
        kept.pressed(alone("token1:0", OTHER), NOW)
    with pytest.raises(UserError, match="expired"):
        kept.pressed(alone("token2:0"), NOW)


def test_arguments_that_the_function_does_not_take_fail_where_they_are_written() -> None:
    with pytest.raises(TypeError):
        turn.press(number=2)


def test_wrong_declarations_fail_at_import() -> None:
    with pytest.raises(DeclarationError, match="bad action name"):
        action("turn")(turn.run)
    with pytest.raises(DeclarationError, match="must return Reply"):
        action("test.none")(silent)
    with pytest.raises(DeclarationError, match="declared twice"):
        Router((), (turn, turn))


def test_tokens_cannot_be_guessed() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) == 24
