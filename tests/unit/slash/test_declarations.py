"""A wrong declaration fails at import and names its function."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest

from usher.ids import ChannelId, RoleId, UserId
from usher.slash.commands import Command, Group, command
from usher.slash.context import Ctx
from usher.slash.errors import DeclarationError
from usher.slash.options import MentionableId, Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.resolved import AttachmentId
from usher.slash.router import Router

OK = Reply("done")


class Mode(StrEnum):
    SOFT = "soft"
    VERY_HARD = "very_hard"


def declare(function: object) -> Command:
    return command("probe", "A probe")(function)  # type: ignore[arg-type] # wrong on purpose


def test_every_option_type_is_written_as_discord_takes_it() -> None:
    def probe(
        ctx: Ctx[object],
        who: Annotated[UserId, Opt("Who")],
        where: Annotated[ChannelId, Opt("Where")],
        what: Annotated[RoleId, Opt("What")],
        anyone: Annotated[MentionableId, Opt("Anyone")],
        upload: Annotated[AttachmentId, Opt("Upload")],
        word: Annotated[str, Opt("Word", min_length=1, max_length=9)],
        number: Annotated[int, Opt("Number", min=-3, max=3)],
        share: Annotated[float, Opt("Share", min=0.5)],
        sure: Annotated[bool, Opt("Sure")],
        hardness: Annotated[Mode, Opt("Hardness")],
        size: Annotated[Literal[1, 2], Opt("Size")],
        from_: Annotated[Literal["a", "b"] | None, Opt("From")] = None,
        to: Annotated[int, Opt("To", min=1)] = 5,
    ) -> Reply:
        return OK

    options = declare(probe).to_json()["options"]

    def body(kind: int, name: str, *, required: bool = True, **more: object) -> dict[str, object]:
        told = {"type": kind, "name": name, "description": name.capitalize(), "required": required}
        return told | more

    assert options == [
        body(6, "who"),
        body(7, "where"),
        body(8, "what"),
        body(9, "anyone"),
        body(11, "upload"),
        body(3, "word", min_length=1, max_length=9),
        body(4, "number", min_value=-3, max_value=3),
        body(10, "share", min_value=0.5),
        body(5, "sure"),
        body(
            3,
            "hardness",
            choices=[
                {"name": "Soft", "value": "soft"},
                {"name": "Very hard", "value": "very_hard"},
            ],
        ),
        body(4, "size", choices=[{"name": "1", "value": 1}, {"name": "2", "value": 2}]),
        body(
            3,
            "from",
            required=False,
            choices=[{"name": "a", "value": "a"}, {"name": "b", "value": "b"}],
        ),
        body(4, "to", required=False, min_value=1),
    ]


def _no_annotation(ctx: Ctx[object], user: UserId) -> Reply:
    return OK


def _no_hint(ctx: Ctx[object], user) -> Reply:  # type: ignore[no-untyped-def] # noqa: ANN001 - wrong on purpose
    return OK


def _unknown_type(ctx: Ctx[object], user: Annotated[bytes, Opt("Who")]) -> Reply:
    return OK


def _union(ctx: Ctx[object], user: Annotated[str | int, Opt("Who")]) -> Reply:
    return OK


def _no_opt(ctx: Ctx[object], user: Annotated[UserId, "Who"]) -> Reply:
    return OK


def _no_description(ctx: Ctx[object], user: Annotated[UserId, Opt("")]) -> Reply:
    return OK


def _long_description(ctx: Ctx[object], user: Annotated[UserId, Opt("x" * 101)]) -> Reply:
    return OK


def _upper_case(ctx: Ctx[object], User: Annotated[UserId, Opt("Who")]) -> Reply:  # noqa: N803 - wrong on purpose
    return OK


def _none_without_default(ctx: Ctx[object], user: Annotated[UserId | None, Opt("Who")]) -> Reply:
    return OK


def _required_after_optional(
    ctx: Ctx[object],
    a: Annotated[int, Opt("A")] = 1,
    *,
    b: Annotated[int, Opt("B")],
) -> Reply:
    return OK


def _same_name_twice(
    ctx: Ctx[object], a: Annotated[int, Opt("A")], a_: Annotated[int, Opt("A")]
) -> Reply:
    return OK


def _bounds_on_a_user(ctx: Ctx[object], a: Annotated[UserId, Opt("A", min=1)]) -> Reply:
    return OK


def _length_of_a_number(ctx: Ctx[object], a: Annotated[int, Opt("A", max_length=1)]) -> Reply:
    return OK


def _bounds_with_choices(ctx: Ctx[object], a: Annotated[Literal[1], Opt("A", min=1)]) -> Reply:
    return OK


def _falling_bounds(ctx: Ctx[object], a: Annotated[int, Opt("A", min=2, max=1)]) -> Reply:
    return OK


def _half_bound(ctx: Ctx[object], a: Annotated[int, Opt("A", min=0.5)]) -> Reply:
    return OK


def _far_bound(ctx: Ctx[object], a: Annotated[int, Opt("A", max=2**60)]) -> Reply:
    return OK


def _mixed_literal(ctx: Ctx[object], a: Annotated[Literal["x", 1], Opt("A")]) -> Reply:
    return OK


def _default_out_of_bounds(ctx: Ctx[object], a: Annotated[int, Opt("A", min=2)] = 1) -> Reply:
    return OK


def _default_no_choice(
    ctx: Ctx[object],
    a: Annotated[Literal["x"], Opt("A")] = "y",  # type: ignore[assignment] # wrong on purpose
) -> Reply:
    return OK


def _many(ctx: Ctx[object], *a: Annotated[int, Opt("A")]) -> Reply:
    return OK


def _no_ctx(user: Annotated[UserId, Opt("Who")]) -> Reply:
    return OK


def _nothing() -> Reply:
    return OK


def _returns_text(ctx: Ctx[object]) -> str:
    return ""


async def _is_async(ctx: Ctx[object]) -> Reply:
    return OK


@pytest.mark.parametrize(
    "function",
    [
        _no_annotation,
        _no_hint,
        _unknown_type,
        _union,
        _no_opt,
        _no_description,
        _long_description,
        _upper_case,
        _none_without_default,
        _required_after_optional,
        _same_name_twice,
        _bounds_on_a_user,
        _length_of_a_number,
        _bounds_with_choices,
        _falling_bounds,
        _half_bound,
        _far_bound,
        _mixed_literal,
        _default_out_of_bounds,
        _default_no_choice,
        _many,
        _no_ctx,
        _nothing,
        _returns_text,
        _is_async,
    ],
    ids=lambda function: function.__name__.lstrip("_"),
)
def test_a_wrong_signature_names_its_function(function: object) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare(function)

    assert function.__name__ in str(caught.value)  # type: ignore[attr-defined] # a function


def test_more_than_25_options_are_refused() -> None:
    parameters = ", ".join(f'o{n}: Annotated[int, Opt("N")]' for n in range(26))
    space: dict[str, object] = {"Annotated": Annotated, "Opt": Opt, "Ctx": Ctx, "Reply": Reply}
    exec(f"def crowded(ctx: Ctx[object], {parameters}) -> Reply: ...", space)  # noqa: S102 - our own text

    with pytest.raises(DeclarationError, match="crowded: more than 25 options"):
        declare(space["crowded"])


def test_more_than_25_choices_are_refused() -> None:
    crowd = Literal[tuple(f"c{n}" for n in range(26))]  # type: ignore[valid-type] # built at run time

    def crowded(ctx: Ctx[object], one: object) -> Reply:
        return OK

    crowded.__annotations__["one"] = Annotated[crowd, Opt("One")]
    with pytest.raises(DeclarationError, match="more than 25 choices"):
        declare(crowded)


@pytest.mark.parametrize("name", ["", "View", "two words", "x" * 33, "é", "a.b"])
def test_bad_names_are_refused(name: str) -> None:
    def probe(ctx: Ctx[object]) -> Reply:
        return OK

    with pytest.raises(DeclarationError, match="probe: bad name"):
        command(name, "A probe")(probe)
    with pytest.raises(DeclarationError):
        Group(name, "A group")


def test_the_same_name_twice_in_a_group_is_refused() -> None:
    group = Group("group", "A group")

    @group.command("one", "First")
    def first(ctx: Ctx[object]) -> Reply:
        return OK

    with pytest.raises(DeclarationError, match="second"):

        @group.command("one", "Second")
        def second(ctx: Ctx[object]) -> Reply:
            return OK


def test_a_26th_subcommand_and_a_third_level_are_refused() -> None:
    group = Group("group", "A group")
    for number in range(25):
        group.group(f"g{number}", "Inner")

    with pytest.raises(DeclarationError, match="more than 25"):
        group.group("last", "Inner")
    with pytest.raises(DeclarationError, match="one level"):
        Group("outer", "Outer").group("inner", "Inner").group("innermost", "Innermost")


def test_the_same_command_twice_is_refused() -> None:
    with pytest.raises(DeclarationError, match="twice"):
        Router((Group("one", "A"), Group("one", "B")))


def test_groups_nest_and_hand_their_permissions_down() -> None:
    group = Group("outer", "Outer", Permission.MANAGE_GUILD)
    inner = group.group("inner", "Inner")

    @inner.command("act", "Act", permissions=Permission.MANAGE_ROLES)
    def act(ctx: Ctx[object]) -> Reply:
        return OK

    assert act.path == ("outer", "inner", "act")
    assert act.permissions == Permission.MANAGE_GUILD | Permission.MANAGE_ROLES
    assert group.to_json() == {
        "type": 1,
        "name": "outer",
        "description": "Outer",
        "default_member_permissions": "32",
        "contexts": [0],
        "integration_types": [0],
        "options": [
            {
                "type": 2,
                "name": "inner",
                "description": "Inner",
                "options": [{"type": 1, "name": "act", "description": "Act", "options": []}],
            }
        ],
    }
