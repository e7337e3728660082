"""The invite policy on the whole road: said by a command, held against what members do."""

import pytest

from infra.local.system import System
from tests.e2e.answers import button_of, text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


async def ask(system: System, town: Town, line: str, **options: str) -> str:
    outcome = await system.practice.run_command(town.id, town.owner, line, options)
    return text_of(outcome)


async def test_an_invite_against_the_policy_is_revoked_and_its_maker_told(system: System) -> None:
    # Given a guild whose invites may last a day
    practice, town = system.practice, await watched(system, 1)
    member = practice.add_member_user("host", town.id).id
    said = await ask(system, town, "/invite policy set", life="86400")
    assert "at most **1 day**" in said

    # When a member makes one for ever, one for an hour, and the owner one for ever
    against = practice.create_invite(town.id, member, max_age=0)
    within = practice.create_invite(town.id, member, max_age=3600)
    owners = practice.create_invite(town.id, town.owner, max_age=0)

    # Then the first alone is gone, and the member told why in a direct message
    await eventually(lambda: against not in town.guild.invites, patience=30)

    def told() -> list[str]:
        channel = practice.world.direct_channel(member)
        return [message.content for message in practice.messages(channel.id)]

    [sentence] = await eventually(told, patience=30)
    assert sentence == (
        f"Your invite `{against}` to **Town** is no longer valid: invites may last at most 1 day."
    )
    assert {within, owners} <= town.guild.invites.keys()
    await eventually(lambda: item(system, town.id, f"I#{against}")["status"]["S"] == "revoked")


async def test_usher_s_own_invite_counts_for_who_asked_and_ends_on_demand(system: System) -> None:
    # Given an invite that Usher made for the owner, with a label
    practice, town = system.practice, await watched(system, 1)
    said = await ask(system, town, "/invite create", label="Twitter bio", life="0")
    code = said.partition("discord.gg/")[2].partition(">")[0]
    assert town.guild.invites[code].inviter_id == practice.world.bot.id

    # When somebody joins by it
    practice.join(town.id, code, user="guest")

    # Then the owner has brought them, and typing the label's word finds the code
    def counted() -> bool:
        return item(system, town.id, f"C#{town.owner}").get("tracked") == {"N": "1"}

    await eventually(counted, patience=30)
    found = await practice.suggest(town.id, town.owner, "/invite revoke", {"code": "bio"}, "code")
    assert [choice["value"] for choice in found] == [code]

    # And the owner can end it
    outcome = await practice.run_command(town.id, town.owner, "/invite revoke", {"code": code})
    assert "1 join seen" in text_of(outcome)
    message, button = button_of(outcome, "Revoke it")
    clicked = await practice.click(town.id, town.owner, message, button)

    def done() -> bool:
        return "is revoked" in text_of(practice.outcome(clicked.interaction_id))

    await eventually(done, patience=30)
    assert code not in town.guild.invites
    note = item(system, town.id, f"S#code#{code}")["value"]["S"]
    assert f'"revoked_by":"{town.owner}"' in note
