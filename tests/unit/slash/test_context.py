"""What a command is told of who asks and of whom is asked."""

import pytest

from tests.unit.slash.payloads import GUILD, OTHER, data, interaction, user
from usher.slash.commands import Group, command
from usher.slash.context import Ctx
from usher.slash.interaction import read_interaction
from usher.slash.permissions import Permission
from usher.slash.replies import Reply
from usher.slash.router import Router
from usher.times import format_time

SEEN: list[Ctx[None]] = []


@command("probe", "Looks at its context", shown_to=Permission.MANAGE_GUILD)
def probe(ctx: Ctx[None]) -> Reply:
    SEEN.append(ctx)
    return Reply("seen")


def asked(body: dict[str, object]) -> Ctx[None]:
    call = Router((probe,)).route(read_interaction(body))
    call.run(None, None)  # type: ignore[arg-type] # the time does not matter here
    return SEEN.pop()


@pytest.mark.parametrize(
    ("channel", "bits", "where", "held"),
    [("77", "2049", "77", 2049), (None, None, None, 0), (5, "many", None, 0)],
)
def test_the_channel_and_the_bot_s_own_bits_there_are_told(
    channel: object, bits: object, where: str | None, held: int
) -> None:
    ctx = asked(interaction(2, data("probe"), channel_id=channel, app_permissions=bits))

    assert (ctx.channel_id, ctx.app_permissions) == (where, held)


def test_the_member_s_roles_are_told() -> None:
    assert asked(interaction(2, data("probe"))).roles == {"539082325061836999"}


@pytest.mark.parametrize("roles", [None, "5", [5, "x", None], {}])
def test_malformed_roles_are_none(roles: object) -> None:
    body = interaction(2, data("probe"))
    assert isinstance(body["member"], dict)
    body["member"]["roles"] = roles

    assert asked(body).roles == frozenset()


@pytest.mark.parametrize(
    ("told", "limit"), [(10485760, 10485760), (None, None), ("5", None), (-1, None), (True, None)]
)
def test_the_size_that_a_file_may_have_is_told(told: object, limit: int | None) -> None:
    assert (
        asked(interaction(2, data("probe"), attachment_size_limit=told)).attachment_limit == limit
    )


@pytest.mark.parametrize(
    ("member", "joined"),
    [
        ({"joined_at": "2017-03-13T19:19:14.040000+00:00"}, "2017-03-13T19:19:14.040000+00:00"),
        ({"joined_at": "yesterday"}, None),
        ({"joined_at": "2017-03-13T19:19:14"}, None),
        ({"joined_at": None}, None),
        (None, None),
    ],
)
def test_a_named_user_is_told_with_when_they_joined(member: object, joined: str | None) -> None:
    resolved = {"users": {OTHER: user(OTHER, "ida")}, "members": {OTHER: member}}

    [found] = asked(interaction(2, data("probe", resolved=resolved))).users.values()

    assert (found.joined_at and format_time(found.joined_at)) == joined


def test_what_is_shown_to_managers_at_first_is_still_the_command_s_to_decide() -> None:
    assert probe.to_json()["default_member_permissions"] == "32"
    assert probe.permissions is Permission.NONE
    assert asked(interaction(2, data("probe"), permissions=0)).guild_id == GUILD


def test_a_group_is_shown_as_a_whole() -> None:
    group = Group("probes", "Probes", shown_to=Permission.MANAGE_GUILD)

    @group.command("one", "One")
    def one(ctx: Ctx[None]) -> Reply:
        del ctx
        return Reply("one")

    assert group.to_json()["default_member_permissions"] == "32"
    assert one.permissions is Permission.NONE
