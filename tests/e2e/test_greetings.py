"""Newcomers are welcomed by name of who brought them, after the rules; those who go are named."""

import pytest

from infra.local.system import System
from tests.e2e.answers import text_of
from tests.e2e.test_notices import said
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


async def run(system: System, town: Town, line: str, **options: str | int) -> str:
    """Have the owner run a command; return what they read."""
    return text_of(await system.practice.run_command(town.id, town.owner, line, options))


async def test_welcome_and_farewell(system: System) -> None:
    # Given a town that screens newcomers, and greetings as its owner sets them
    practice = system.practice
    town = await watched(system, 1)
    code, host = next(iter(town.codes.items()))
    practice.screen_members(town.id)
    general, lounge = town.guild.channels
    shown = await run(system, town, "/welcome on", channel=general)
    assert "This is **on**." in shown
    await run(
        system, town, "/welcome message",
        text="Hi {member:mention}, number {count}! {inviter:name} has {invites} by {code}. {x}",
    )  # fmt: skip
    assert "somebody" in await run(system, town, "/welcome preview")
    await run(system, town, "/farewell on", channel=lounge)

    # When somebody joins, and accepts the rules
    guest = practice.join(town.id, code, user="Guest").user_id
    await eventually(lambda: item(system, town.id, f"M#{guest}"), 40)
    assert said(system, general) == []
    # the hosts were put there without an event: Discord has not told of them
    members = len(town.guild.members) - len(town.codes)
    practice.pass_screening(town.id, guest)

    # Then they are welcomed, with the name of who brought them, and they alone are notified
    (welcome,) = await eventually(lambda: said(system, general), 40)
    inviter = practice.world.user(host)
    name = inviter.global_name or inviter.username
    assert welcome == f"Hi <@{guest}>, number {members}! {name} has 1 by {code}. {{x}}"
    (message,) = [m for m in practice.messages(general) if m.content == welcome]
    assert message.mention_ids == [guest]

    # When they go, and another comes whose welcome is a direct message
    practice.leave(town.id, guest)
    (farewell,) = await eventually(lambda: said(system, lounge), 60)
    assert farewell == f"**Guest** left after less than a minute. They were invited by {name}."
    await run(system, town, "/welcome dm", state="on")
    practice.screen_members(town.id, on=False)
    other = practice.join(town.id, code, user="Other").user_id

    # Then it is told to them alone
    direct = practice.world.direct_channel(other).id
    (alone,) = await eventually(lambda: said(system, direct), 60)
    assert alone.startswith(f"Hi <@{other}>")
    assert said(system, general) == [welcome]
