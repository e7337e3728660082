"""From an ambiguous join over Discord's own record to a correction: the deployed road, unaided."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import GUILD, changed, person, row
from tests.integration.confirmer.conftest import TOKEN, Discord
from tests.local.stacks import Stack, wait_for
from usher.contracts.observation import InviteLook, InviteRow, MemberJoined, Observation
from usher.contracts.observation_codec import encode
from usher.contracts.recount import RecountStep, encode_recount
from usher.credit.fake import Rules, version_of
from usher.ids import UserId

pytestmark = pytest.mark.timeout(180)

type Items = Callable[[str], list[dict[str, str]]]

NOW = datetime.now(UTC)
IDA, JON = "900", "901"


def moment(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def invites(ida: int, jon: int) -> tuple[InviteRow, ...]:
    return row("ida", ida, IDA), row("jon", jon, JON)


def send(stack: Stack, observation: Observation) -> None:
    stack.cloud.sqs.send_message(
        QueueUrl=stack.physical("EventsQueue"),
        MessageBody=encode(observation),
        MessageGroupId=GUILD,
        MessageDeduplicationId=observation.id,
    )


def two_at_once(stack: Stack) -> None:
    """Two members join within a second, by two invites of two people."""
    before = InviteLook(at=moment(-700), status=200, rows=invites(0, 0))
    after = InviteLook(at=moment(1), status=200, rows=invites(1, 1))
    joins = tuple(
        MemberJoined(person(user), moment(seconds), moment(seconds + 0.05))
        for user, seconds in (("7", 0.0), ("8", 0.5))
    )
    names = ((UserId(IDA), "ida"), (UserId(JON), "jon"))
    send(stack, Observation("before", GUILD, "A guild", before.at, look=before, names=names))
    send(stack, Observation("after", GUILD, "A guild", after.at, joins, after, names=names))


def lines(stack: Stack) -> list[dict[str, object]]:
    bucket = stack.physical("LedgerBucket")
    held = stack.cloud.s3.list_objects_v2(Bucket=bucket, Prefix="lines/").get("Contents", [])
    found = []
    for item in held:
        with stack.cloud.s3.get_object(Bucket=bucket, Key=item["Key"])["Body"] as body:
            found.append(json.loads(body.read()))
    return sorted(found, key=lambda line: str(line["timestamp"]))


def credit(items: Items) -> dict[str, tuple[int, int]]:
    """Tracked and effective of all time, by inviter."""
    return {
        item["sk"].removeprefix("C#"): (int(item["tracked"]), int(item["score"]))
        for item in items("C#")
        if item["sk"].count("#") == 1
    }


def test_an_ambiguous_pair_is_confirmed_and_corrected(
    stack: Stack, discord: Discord, items: Items
) -> None:
    # Given an index that is not ready at first and then knows who came by which invite
    discord.refusals = [202]
    discord.search.join("7", moment(0), "jon", JON)
    discord.search.join("8", moment(0.5), "ida", IDA)

    # When both join at once, and nothing else happens
    two_at_once(stack)
    wait_for(lambda: len(items("M#")) == 2)
    assert {item["outcome"] for item in items("M#")} == {"ambiguous"}
    wait_for(lambda: {item["confidence"] for item in items("M#")} == {"confirmed"}, seconds=60)

    # Then the ledger holds what was said first and what is known now
    joins = [line for line in lines(stack) if line["type"] == "join"]
    corrections = [line for line in lines(stack) if line["type"] == "correction"]
    assert [line["outcome"] for line in joins] == ["ambiguous", "ambiguous"]
    said = {line["user_id"]: (line["invite_code"], line["staff_id"]) for line in corrections}
    assert said == {"7": ("jon", JON), "8": ("ida", IDA)}
    assert {line["confidence"] for line in corrections} == {"confirmed"}
    assert {line["method"] for line in corrections} == {"members_search"}
    assert len(corrections) == 2

    # and so do rows and credit, and Discord was asked twice for both members at once
    members = {item["sk"]: (item["code"], item["inviter_id"]) for item in items("M#")}
    assert members == {"M#7": ("jon", JON), "M#8": ("ida", IDA)}
    assert credit(items) == {IDA: (1, 1), JON: (1, 1)}
    assert discord.asked == [(f"/api/v10/guilds/{GUILD}/members-search", f"Bot {TOKEN}")] * 2
    [head] = items("HEAD")
    assert head["guild_name"] == "A guild"


def test_a_wrong_pairing_moves_the_credit(stack: Stack, discord: Discord, items: Items) -> None:
    # Given counts that name one invite, where Discord's record names another
    discord.search.join("7", moment(0), "jon", JON)
    before = InviteLook(at=moment(-700), status=200, rows=invites(0, 0))
    after = InviteLook(at=moment(1), status=200, rows=invites(1, 0))
    join = MemberJoined(person("7"), moment(0), moment(0.05))
    send(stack, Observation("before", GUILD, "A guild", before.at, look=before))

    send(stack, Observation("after", GUILD, "A guild", after.at, (join,), after))
    wait_for(lambda: [item for item in items("M#") if item["inviter_id"] == IDA])
    wait_for(lambda: [item for item in items("M#") if item["inviter_id"] == JON], seconds=60)

    # Then the member is the other inviter's, and so is the credit
    [member] = items("M#")
    assert (member["code"], member["confidence"]) == ("jon", "confirmed")
    assert credit(items) == {IDA: (0, 0), JON: (1, 1)}
    assert [line["type"] for line in lines(stack)] == ["join", "correction"]


def test_a_refusal_closes_the_guilds_gate_in_the_table(
    stack: Stack, discord: Discord, items: Items
) -> None:
    discord.refusals = [403]

    two_at_once(stack)
    wait_for(lambda: items("SEARCH"), seconds=60)

    [gate] = items("SEARCH")
    until = datetime.fromisoformat(gate["closed_until"])
    assert timedelta(minutes=50) < until - datetime.now(UTC) < timedelta(minutes=70)
    assert gate["refusals"] == "1"
    assert len(discord.asked) == 1
    # nothing in the guild changed but for that
    assert {item["outcome"] for item in items("M#")} == {"ambiguous"}


def test_a_recount_judges_the_past_by_the_rules_of_today(stack: Stack, items: Items) -> None:
    # Given a join without an avatar, and a rule that came later
    before = InviteLook(at=moment(-700), status=200, rows=invites(0, 0))
    after = InviteLook(at=moment(1), status=200, rows=invites(1, 0))
    join = MemberJoined(person("7"), moment(0), moment(0.05))
    send(stack, Observation("before", GUILD, "A guild", before.at, look=before))
    send(stack, Observation("after", GUILD, "A guild", after.at, (join,), after))
    setting = changed("fake#default_avatar", "on", "rule")
    send(stack, Observation("rule", GUILD, "A guild", moment(2), (setting,)))
    wait_for(lambda: items("S#fake#"), seconds=60)
    assert credit(items) == {IDA: (1, 1)}

    # When a recount is asked for
    rules = version_of(Rules(default_avatar=True))
    step = RecountStep(GUILD, "1001", UserId("990"), rules, moment(0))
    stack.cloud.sqs.send_message(
        QueueUrl=stack.physical("ConfirmationsQueue"), MessageBody=encode_recount(step)
    )

    # Then the member is judged, by each function in its own role
    wait_for(lambda: credit(items) == {IDA: (1, 0)}, seconds=60)
    [verdict] = [line for line in lines(stack) if line["type"] == "verdict"]
    assert (verdict["verdict"], verdict["by"]) == (["default_avatar"], "990")
