"""The road of a join, through the real listener, queues, functions, bucket and table."""

import asyncio
import re
from itertools import cycle
from typing import Any

import pytest

from infra.local.system import System
from infra.practice import NotSendableError
from tests.e2e.answers import button_of, text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item, joined, joins, kill_workers, ledger_lines

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(500)]


async def test_a_join_becomes_a_proven_fact(system: System) -> None:
    # Given
    town = await watched(system, 2)
    code, inviter = next(iter(town.codes.items()))

    # When
    member = system.practice.join(town.id, code, user="newcomer")
    lines = await joined(system, town.id, 1, patience=10)

    # Then
    (line,) = [line for line in lines if line["type"] == "join"]
    assert (line["user_id"], line["invite_code"], line["staff_id"]) == (
        member.user_id, code, inviter,
    )  # fmt: skip
    assert (line["confidence"], line["method"], line["outcome"]) == (
        "exact", "use_count", "attributed",
    )  # fmt: skip
    assert (line["uses_before"], line["uses_after"]) == (0, 1)
    assert "newcomer" not in str(line), "names are kept apart from the proof"
    row = await eventually(lambda: item(system, town.id, f"M#{member.user_id}"))
    assert row["inviter_id"]["S"] == inviter

    asked = {"user": member.user_id}
    answer = await system.practice.run_command(town.id, town.owner, "/invite inviter", asked)
    assert inviter in text_of(answer)
    assert code in text_of(answer)
    view = await system.practice.run_command(town.id, inviter, "/invite view")
    assert "1" in text_of(view)
    codes = await system.practice.run_command(town.id, inviter, "/invite codes")
    assert code in text_of(codes)
    system.practice.speak(inviter, "de-AT")
    own = await system.practice.run_command(town.id, inviter, "/invite codes")
    assert "1 aktiven Code" in text_of(own)
    board = await system.practice.run_command(town.id, town.owner, "/invite leaderboard")
    assert inviter in text_of(board)


async def test_a_leave_reverses_the_credit_once_and_a_rejoin_leaves_one(system: System) -> None:
    town = await watched(system, 1)
    code, inviter = next(iter(town.codes.items()))
    member = system.practice.join(town.id, code, user="back-and-forth")
    await joined(system, town.id, 1)

    system.practice.leave(town.id, member.user_id)

    def counters(tracked: str, left: str) -> bool:
        row = item(system, town.id, f"C#{inviter}")
        numbers = (row.get("tracked", {}).get("N"), row.get("left", {}).get("N", "0"))
        return numbers == (tracked, left)

    await eventually(lambda: counters("1", "1"))
    system.practice.join(town.id, code, user=member.user_id)
    await eventually(lambda: counters("2", "1"))


async def test_the_export_is_a_csv_with_names_and_whole_ids(system: System) -> None:
    town = await watched(system, 1)
    code, inviter = next(iter(town.codes.items()))
    member = system.practice.join(town.id, code, user="=cmd|' /C calc'!A0")
    await joined(system, town.id, 1)

    answer = await system.practice.run_command(town.id, town.owner, "/export_invite_logs")

    (attachment,) = answer.attachments
    assert re.fullmatch(r"invite_logs_\d{8}\.csv", str(attachment["filename"]))
    content = system.practice.attachment(str(attachment["id"]))
    assert content is not None
    text = content.decode("utf-8-sig")
    header, row = text.splitlines()[:2]
    assert header.startswith(
        "Timestamp,User ID,Username,Display Name,Invite Code,Staff ID,Staff Username,"
        "Uses Before,Uses After,Guild ID,Guild Name,"
    )
    assert member.user_id in row
    assert inviter in row
    assert not any(cell.startswith("=cmd") for cell in row.split(","))
    assert answer.ephemeral


async def test_the_leaderboard_turns_its_pages_for_who_asked_alone(system: System) -> None:
    # Given more inviters than a page holds
    town = await watched(system, 12)
    for n, code in enumerate(town.codes):
        system.practice.join(town.id, code, user=f"page{n}")
    await joined(system, town.id, 12)
    await eventually(lambda: credited(system, town) == 12 or None)

    # When the owner turns the page, and somebody else tries to
    first = await system.practice.run_command(town.id, town.owner, "/invite leaderboard")
    message, pressed = button_of(first, "Next")
    other = next(iter(town.codes.values()))
    refused = await system.practice.click(town.id, other, message, pressed)
    second = await system.practice.click(town.id, town.owner, message, pressed)

    # Then
    assert f"That button is for <@{town.owner}>" in text_of(refused)
    assert "**11.**" in text_of(second)
    assert button_of(second, "Previous")[0] == message


async def test_the_export_is_refused_without_manage_server(system: System) -> None:
    town = await watched(system, 1)

    with pytest.raises(NotSendableError):
        await system.practice.run_command(
            town.id, next(iter(town.codes.values())), "/export_invite_logs"
        )


async def test_joins_apart_are_all_exact(system: System) -> None:
    town = await watched(system, 4)
    truth: dict[str, str] = {}
    for n, code in zip(range(8), cycle(town.codes)):
        truth[system.practice.join(town.id, code, user=f"calm{n}").user_id] = code
        await asyncio.sleep(2)

    lines = await joined(system, town.id, 8)

    # Discord's record may have agreed with some of them already
    assert {user: word["invite_code"] for user, word in joins(lines).items()} == truth
    assert {line["type"] for line in lines} <= {"join", "confirmation"}
    assert {line["confidence"] for line in lines if line["type"] == "join"} == {"exact"}


@pytest.mark.parametrize("killed", [False, True], ids=["undisturbed", "worker killed midway"])
async def test_a_hundred_at_once(system: System, killed: bool) -> None:
    # Given
    town = await watched(system, 10)
    truth: dict[str, str] = {}

    # When
    for n, code in zip(range(100), cycle(town.codes)):
        truth[system.practice.join(town.id, code, user=f"burst{n}").user_id] = code
        await asyncio.sleep(0.005)
    if killed:
        await eventually(lambda: ledger_lines(system, town.id))
        assert kill_workers(system, "EventWorker"), "no worker was there to be killed"
    lines = await joined(system, town.id, 100, patience=200)

    # Then
    await eventually(lambda: credited(system, town) == 100 or None, patience=200)
    recorded = [line for line in lines if line["type"] == "join"]
    assert len(recorded) == 100
    for user, word in joins(ledger_lines(system, town.id)).items():
        assert truth[user] in word["candidates"]
        if word["outcome"] == "attributed":
            assert word["staff_id"] == town.codes[truth[user]]
    for code, inviter in town.codes.items():
        assert item(system, town.id, f"I#{code}")["uses"]["N"] == "10"
        assert item(system, town.id, f"C#{inviter}")["tracked"]["N"] == "10"


def credited(system: System, town: Town) -> int:
    """The credit that all inviters of a town have."""
    rows = [item(system, town.id, f"C#{inviter}") for inviter in town.codes.values()]
    return sum(int(row["tracked"]["N"]) for row in rows if row)


async def test_joins_while_the_listener_is_down_are_recovered_and_not_guessed(
    system: System,
) -> None:
    town = await watched(system, 2)
    code = next(iter(town.codes))
    await system.kill_listener()
    unseen = system.practice.join(town.id, code, user="unseen")
    system.practice.faults.refuse_resume()
    system.practice.faults.index_lag(0.0)
    await system.start_listener()
    await eventually(lambda: system.practice.core.hub.sessions)
    seen = system.practice.join(town.id, code, user="seen")

    expected = {unseen.user_id, seen.user_id}

    def both() -> dict[str, dict[str, Any]] | None:
        words = joins(ledger_lines(system, town.id))
        return words if expected <= words.keys() else None

    words = await eventually(both)
    assert words[unseen.user_id]["recovered"]
    for user_id in expected:
        word = words[user_id]
        assert word["outcome"] != "attributed" or word["invite_code"] == code


async def test_invites_are_added_and_reset_by_admins_and_stand_in_the_ledger(
    system: System,
) -> None:
    town = await watched(system, 1)
    inviter = next(iter(town.codes.values()))
    run = system.practice.run_command

    added = await run(town.id, town.owner, "/invite add", {"user": inviter, "invites": 5})
    taken = await run(town.id, town.owner, "/invite add", {"user": inviter, "invites": -2})
    view = await run(town.id, inviter, "/invite view")
    reset = await run(town.id, town.owner, "/invite reset", {"user": inviter})

    assert "**5 invites** now" in text_of(added)
    assert "**3 invites** now" in text_of(taken)
    assert "**3 invites**" in text_of(view)
    assert "**0 invites** now" in text_of(reset)
    grants = [line for line in ledger_lines(system, town.id) if line["type"] == "grant"]
    assert sorted(line["delta"] for line in grants) == [-3, -2, 5]
    assert {(line["staff_id"], line["by"]) for line in grants} == {(inviter, town.owner)}
