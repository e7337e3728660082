"""What each role may do beyond the other stories of this folder, done once under that role.

`make grants` wants every grant of the templates to be needed by a call of the end-to-end tests.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from infra.local.aws import environment
from infra.local.system import System
from tests.e2e.answers import text_of
from tests.e2e.limits import limited
from tests.e2e.programs import Program, program_with
from tests.e2e.roles import configured, put_crowd, put_old_join, without
from tests.e2e.test_logs import press
from tests.e2e.town import Town, configure, watched
from tests.e2e.watching import eventually, item, rows
from usher.contracts.backfill import BackfillStep
from usher.contracts.deeds import SettingChanged
from usher.contracts.effect import SendMessage
from usher.contracts.observation import Observation
from usher.funnel.holds import EVERY, write_set
from usher.hooks.delivery_table import keep_event
from usher.hooks.facts import link_created
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.invites.notes import CodeNote, note_setting, write_note
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.platform.sqs import BackfillQueue, EffectsQueue, EventsQueue
from usher.referrals.keys import Scope
from usher.referrals.model import LinkCode
from usher.referrals.table import DynamoReferrals

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

type Json = dict[str, Any]


async def ask(system: System, town: Town, line: str, **options: str | int) -> str:
    outcome = await system.practice.run_command(town.id, town.owner, line, options)
    return text_of(outcome)


async def run(system: System, function: str) -> Json:
    """Have a function run that the clock runs."""
    client, name = system.cloud.functions, system.deployment.physical_ids[function]
    answer = await asyncio.to_thread(client.invoke, FunctionName=name)
    told: Json = json.loads(answer["Payload"].read())
    assert "errorType" not in (told or {}), told
    return told


def row(system: System, pk: str, sk: str) -> Json:
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    return dict(
        system.cloud.dynamodb.get_item(TableName=system.table_name, Key=key).get("Item", {})
    )


async def change(system: System, town: Town, name: str, value: str | None) -> None:
    """Change a setting, along the road of the joins."""
    now = datetime.now(UTC)
    deed = SettingChanged(uuid4().hex, name, value, UserId(town.owner), now)
    told = Observation(f"deed.{uuid4().hex}", GuildId(town.id), "", now, (deed,))
    EventsQueue(system.cloud.sqs, system.events_queue_url).send(told)
    row = f"S#{name}"
    await eventually(lambda: item(system, town.id, row).get("value") == {"S": value})


async def known(system: System, town: Town, person: str) -> None:
    """Wait until it is on record how a member came."""
    await eventually(lambda: "code" in item(system, town.id, f"M#{person}"), patience=60)


@pytest_asyncio.fixture(loop_scope="module")
async def town(system: System) -> Town:
    return await watched(system, 1)


@pytest_asyncio.fixture(loop_scope="module")
async def program(system: System, town: Town) -> AsyncIterator[Program]:
    said = await ask(system, town, "/apikey create", name="CRM", scopes=" ".join(Scope))
    key = re.findall(r"usher_[A-Za-z0-9_-]+", said)[0]
    async with program_with(system.practice.origin, key) as program:
        yield program


async def test_a_program_s_webhook_that_is_gone_is_given_up(
    system: System, town: Town, program: Program
) -> None:
    # Given a webhook that a program has made, and another that it took back
    made = await program.ask("POST", "/api/v1/webhooks", {"url": program.hook}, "once")
    other = await program.ask("POST", "/api/v1/webhooks", {"url": program.hook})
    await program.ask("DELETE", f"/api/v1/webhooks/{other['id']}")
    await eventually(lambda: item(system, town.id, "S#guild#webhooks"))
    await configure(system, town, admin_channel_id=next(iter(town.guild.channels)))

    # When there is a link that nobody has told it of, and others are made
    code = await program.link(town)
    with closing(SignedClient(DYNAMODB, environment(system.endpoint_url))) as table:
        link = DynamoReferrals(table, system.table_name).link(LinkCode(code))
    assert link is not None
    kept: Any = keep_event(
        system.table_name, link_created(link), datetime.now(UTC) - timedelta(hours=1)
    )
    system.cloud.dynamodb.transact_write_items(TransactItems=[kept])
    await run(system, "SweeperFunction")

    # Then it says that it is gone, and the admins are told; a warm container may remember for some
    # seconds that nobody listens
    async with asyncio.timeout(90):
        while row(system, f"H#{town.id}", f"E#{made['id']}#HEALTH").get("told") != {"BOOL": True}:
            await program.link(town)
            await asyncio.sleep(1)
    asked = await system.practice.run_command(
        town.id, town.owner, "/webhook delete", {"name": made["id"]}
    )
    done = await press(system, town, asked, "Delete the webhook")
    assert "deleted" in text_of(done), text_of(done)
    board = await program.ask("GET", "/api/v1/leaderboard")
    assert board["items"] == [], board


async def test_a_conversion_that_is_held_is_reviewed_and_may_move(
    system: System, town: Town, program: Program
) -> None:
    # Given somebody who wants to be told, and four who converted sooner than is believed
    await program.ask("POST", "/api/v1/webhooks", {"url": program.hook})
    await eventually(lambda: item(system, town.id, "S#guild#webhooks"))
    await change(system, town, EVERY, write_set({"fast": 3_600}))
    first, second = await program.link(town), await program.link(town)
    people = []
    for name in ("ana", "bo", "cy", "di"):
        code = await program.invite(first)
        people.append(system.practice.join(town.id, code, user=name).user_id)
    for person in people:
        await known(system, town, person)
    for person in people:
        body = {"member_id": person, "value": "1"}
        told = await program.ask("POST", "/api/v1/conversions", body)
        assert told["outcome"] == "held", told

    # When a program approves one, and an admin another
    held = await program.ask("GET", "/api/v1/conversions/held")
    await program.ask("POST", f"/api/v1/conversions/{held['items'][0]['id']}/approve", {})
    shown = await system.practice.run_command(town.id, town.owner, "/referral held")
    done = await press(system, town, shown, "Approve 1")
    assert "counts" in text_of(done)

    # and two turn out to have come by another link, and are believed
    await change(system, town, EVERY, write_set({"fast": 0}))
    for person in people[2:]:
        code = InviteCode(item(system, town.id, f"M#{person}")["code"]["S"])
        note = write_note(CodeNote(link=second, made_for=UserId(town.owner)))
        await change(system, town, note_setting(code), note)
    await program.ask("POST", "/api/v1/conversions", {"member_id": people[2], "value": "1"})
    system.practice.leave(town.id, people[3])

    # Then the conversions are the other link's, whether a program asks or somebody leaves
    def moved() -> bool:
        return row(system, f"L#{second}", "JOINS").get("conversions") == {"N": "2"}

    await eventually(moved, patience=60)


async def test_what_cannot_be_written_is_written_by_the_daily_job(
    system: System, town: Town
) -> None:
    # Given a worker that may not write names, when somebody joins
    (code,) = town.codes
    with without(system, "EventWorkerRole", "AppendLedger", "names/"):
        person = system.practice.join(town.id, code, user="dee").user_id
        await known(system, town, person)

    # Then the daily job writes them
    told = await run(system, "LogBackupFunction")
    assert told["repaired"] >= 1, told


async def test_lines_are_locked_where_that_is_wished(system: System, town: Town) -> None:
    (code,) = town.codes
    with (
        configured(system, "EventWorkerFunction", LEDGER_RETENTION_DAYS="1"),
        configured(system, "LogBackupFunction", LEDGER_RETENTION_DAYS="1"),
    ):
        person = system.practice.join(town.id, code, user="eve").user_id
        await known(system, town, person)
        put_old_join(system, town)
        await run(system, "LogBackupFunction")

    prefix = f"lines/guild={town.id}/"
    listed = system.cloud.s3.list_objects_v2(Bucket=system.ledger_bucket, Prefix=prefix)["Contents"]
    heads = [
        system.cloud.s3.head_object(Bucket=system.ledger_bucket, Key=one["Key"]) for one in listed
    ]
    assert any("ObjectLockRetainUntilDate" in head for head in heads)


async def test_a_message_that_cannot_be_read_is_parked(system: System, town: Town) -> None:
    system.cloud.sqs.send_message(
        QueueUrl=system.events_queue_url,
        MessageBody="no observation",
        MessageGroupId=town.id,
        MessageDeduplicationId=uuid4().hex,
    )

    def parked() -> list[Any] | None:
        found = system.cloud.s3.list_objects_v2(Bucket=system.ledger_bucket, Prefix="parked/")
        return found.get("Contents")

    await eventually(parked, patience=30)


async def test_messages_for_which_no_time_is_left_are_given_back(system: System) -> None:
    # Given a worker that has less time than it keeps in reserve
    dead, queues = system.outputs["EventsDeadLetterQueueUrl"], system.cloud.sqs
    with configured(system, "EventWorkerFunction", seconds=3):
        # When a message comes
        queues.send_message(
            QueueUrl=system.events_queue_url,
            MessageBody="never begun",
            MessageGroupId="0",
            MessageDeduplicationId=uuid4().hex,
        )

        # Then it comes again at once, until the queue gives it up: not every two minutes
        def given_up() -> bool:
            told = queues.get_queue_attributes(QueueUrl=dead, AttributeNames=["All"])
            return told["Attributes"]["ApproximateNumberOfMessages"] != "0"

        await eventually(given_up, patience=60)


async def test_what_discord_does_not_answer_is_tried_later(system: System, town: Town) -> None:
    # Given a slowmode that is about to end
    practice = system.practice
    channel = next(iter(town.guild.channels.values()))
    said = await ask(system, town, "/slowmode", channel=channel.id, seconds=5, duration="10s")
    assert "slow" in said.lower(), said

    # When Discord does not answer at first, and then refuses the search
    search = f"/guilds/{town.id}/members-search"
    practice.faults.answer("PATCH", f"/channels/{channel.id}", 503, times=3)
    practice.faults.answer("POST", search, 503, times=3)
    practice.faults.answer("POST", search, 403)
    practice.join(town.id, next(iter(town.codes)), user="fay")

    # Then it ends all the same, and the record is left alone
    await eventually(lambda: channel.rate_limit_per_user == 0, patience=120)
    await eventually(lambda: item(system, town.id, "SEARCH").get("refusals"), patience=120)
    practice.faults.clear()


async def test_hours_are_counted_again_and_places_of_a_crowd_noted(
    system: System, town: Town
) -> None:
    # Given a board with more members than are read for an answer, a day that is closed, and an
    # hour that was counted
    await asyncio.to_thread(put_crowd, system, town, 1_001)
    (code,) = town.codes
    await known(system, town, system.practice.join(town.id, code, user="gus").user_id)
    put_old_join(system, town)
    await run(system, "LogBackupFunction")
    await run(system, "RollupFunction")
    assert len(rows(system, town.id, "A#P#")) == 1

    # When somebody joins
    await known(system, town, system.practice.join(town.id, code, user="hal").user_id)

    # Then it is counted again
    told = await run(system, "RollupFunction")
    assert told["hours"] >= 1, told


async def test_who_calls_discord_tells_the_others_of_its_limits(
    system: System, town: Town, program: Program
) -> None:
    # Given everything that has something to ask
    link, channel = await program.link(town), next(iter(town.guild.channels))
    effects = EffectsQueue(system.cloud.sqs, system.outputs["EffectsQueueUrl"])
    steps = BackfillQueue(system.cloud.sqs, system.outputs["ConfirmationsQueueUrl"])

    async def post() -> None:
        said = SendMessage(uuid4().hex, GuildId(town.id), ChannelId(channel), "Hello")
        await asyncio.to_thread(effects.send, [said])

    async def search() -> None:
        owner, now = UserId(town.owner), datetime.now(UTC)
        step = BackfillStep(GuildId(town.id), uuid4().hex, now, user_id=owner)
        await asyncio.to_thread(steps.send, step, 0)

    asking: dict[str, tuple[str, str, Callable[[], Awaitable[object]]]] = {
        "referral-api": ("POST", f"/channels/{channel}/invites", lambda: program.invite(link)),
        "command-worker": (
            "PATCH",
            f"/channels/{channel}",
            lambda: ask(system, town, "/slowmode", channel=channel, seconds=5),
        ),
        "effects": ("POST", f"/channels/{channel}/messages", post),
        "confirmer": ("POST", f"/guilds/{town.id}/members-search", search),
    }
    # When each is the first who asks after Discord was closed, and is told of a limit
    for function, (method, path, act) in asking.items():
        # Then it opens Discord, and notes the limit for the others
        await limited(system, function, method, path, act)
