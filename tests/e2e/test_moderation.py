"""Moderation on the whole road: commands, Discord, the member, the log, and acts by hand."""

import asyncio
import json
from typing import Any

import pytest

from infra.local.system import System
from infra.practice.content.body import Upload
from tests.e2e.answers import button_of, text_of
from tests.e2e.test_logs import fetch
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


def dms(system: System, user: str) -> list[str]:
    channel = system.practice.world.direct_channel(user)
    return [message.id for message in system.practice.messages(channel.id)]


def case(system: System, town: Town, number: int) -> dict[str, Any]:
    """A case as the table has it."""
    answer = system.cloud.dynamodb.get_item(
        TableName=system.table_name,
        Key={"pk": {"S": f"C#{town.id}"}, "sk": {"S": f"CASE#{number:09}"}},
        ConsistentRead=True,
    )
    found = answer.get("Item")
    return {} if found is None else json.loads(found["case"]["S"])


async def ask(system: System, town: Town, line: str, **options: str) -> str:
    outcome = await system.practice.run_command(town.id, town.owner, line, options)
    return text_of(outcome)


async def test_a_file_that_was_shown_is_kept_and_handed_to_moderators(system: System) -> None:
    # Given a warning with a file, which Discord keeps for a day
    practice, town = system.practice, await watched(system, 1)
    rude = practice.add_member_user("rude", town.id).id
    file = Upload("proof.png", "image/png", b"rude words")
    options: dict[str, str | Upload] = {"user": rude, "reason": "spam", "evidence": file}
    told = await practice.run_command(town.id, town.owner, "/warn", options)
    assert "was warned. Case 1." in text_of(told)
    assert "could not keep" not in text_of(told)

    # When a moderator asks for it
    shown = await practice.run_command(town.id, town.owner, "/case view", {"case": 1})
    message, pressed = button_of(shown, "proof.png")
    handed = await practice.click(town.id, town.owner, message, pressed)

    # Then a link leads to the copy
    link = text_of(handed).partition("](")[2].partition(")")[0]
    assert "/evidence/" in link
    content, disposition = await asyncio.to_thread(fetch, link)
    assert (content, disposition) == ("rude words", 'attachment; filename="proof.png"')


async def test_a_tempban_lifted_by_hand_and_three_warnings(system: System) -> None:
    # Given a guild with a moderation log
    practice, town = system.practice, await watched(system, 1)
    log = practice.create_channel(town.id, "mod-log", town.owner)
    said = await ask(system, town, "/modconfig log", channel=log.id)
    assert "Saved" in said
    rude = practice.add_member_user("rude", town.id).id

    # When somebody is banned for a minute, and somebody for a day
    brief = practice.add_member_user("brief", town.id).id
    said = await ask(system, town, "/ban", user=brief, duration="1m", reason="go for a walk")
    assert f"<@{brief}> is banned for 1 minute. Case 1." in said
    said = await ask(system, town, "/ban", user=rude, duration="1d", reason="spam")

    # Then they are gone, were told, and the log shows it
    assert f"<@{rude}> is banned for 1 day. Case 2." in said
    assert rude in town.guild.bans
    assert len(dms(system, rude)) == 1
    shown = await eventually(
        lambda: found if len(found := list(practice.messages(log.id))) == 2 else None, patience=30
    )
    assert all("Ban" in str(one.embeds) for one in shown)

    # And when a moderator lifts it in Discord, that is a case too, and ends the one before
    practice.unban_by_hand(town.id, rude, town.owner, "all good")
    second = await eventually(
        lambda: found if (found := case(system, town, 3)).get("status") == "active" else None,
        patience=30,
    )
    assert (second["kind"], second["source"], second["by"]) == ("unban", "by_hand", town.owner)
    assert case(system, town, 2)["status"] == "ended"
    assert json.loads(item(system, town.id, f"X#ban#{rude}")["sanction"]["S"])["case"] is None
    await eventually(
        lambda: any("over" in str(one.embeds) for one in practice.messages(log.id)), patience=30
    )
    await eventually(lambda: len(practice.messages(log.id)) == 3, patience=30)

    # And three warnings mute a member, once
    loud = practice.add_member_user("loud", town.id).id
    for _ in range(2):
        await ask(system, town, "/warn", user=loud, reason="shouting")
    own = await practice.run_command(town.id, loud, "/myhistory", {})
    assert "2 points count" in text_of(own)
    said = await ask(system, town, "/warn", user=loud, reason="shouting")
    assert "Their points lead to Mute" in said
    assert town.guild.members[loud].communication_disabled_until is not None

    # And the menu on a member opens a form that keeps a note
    panel = await practice.use_on_user(town.id, town.owner, "Moderate", loud)
    message, note = button_of(panel, "Note")
    opened = await practice.click(town.id, town.owner, message, note)
    done = await practice.submit_modal(
        town.id, town.owner, opened.interaction_id, {"reason": "a new account"}
    )
    assert "The note about" in text_of(done)
    assert case(system, town, 8)["kind"] == "note"

    # And the minute is over for who was banned first
    await eventually(lambda: brief not in town.guild.bans, patience=120)
    ended = await eventually(
        lambda: found if (found := case(system, town, 1))["status"] == "ended" else None
    )
    assert ended["entries"][-1]["change"] == "expired"
