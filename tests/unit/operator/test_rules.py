"""What the operator's doctor says of Discord and of the cloud."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from infra.cli.diff import Diff
from infra.doctor import cloud_rules as cloud
from infra.doctor import discord_rules as discord
from infra.doctor.facts import (
    Alarm,
    Bot,
    Door,
    Gateway,
    Queue,
    Schedule,
    Shards,
    Store,
    Wanted,
    Worker,
)
from infra.doctor.showing import as_json, lines, plain
from infra.doctor.times import every
from tests.builders import START as NOW
from usher.doctor.model import Finding, State
from usher.limits.breaker import Closure, Why

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BOT = Bot("usher", "5", "AB" * 32, "https://api/interactions")
WANTED = Wanted("5", "ab" * 32, "https://api/interactions")
WELL = Door(401, 401, accepted=True)


def states(findings: list[Finding]) -> list[str]:
    return [one.state.value for one in findings]


def test_token_application_and_key_belong_together() -> None:
    right = discord.identity_findings(BOT, WANTED)
    wrong = discord.identity_findings(replace(BOT, application_id="6", public_key="00"), WANTED)

    assert states(right) == ["well", "well"]
    assert states(wrong) == ["well", "broken", "broken"]


@pytest.mark.parametrize(
    ("bot", "door", "state", "words"),
    [
        (BOT, WELL, "well", "refuses"),
        (BOT, Door(401, 401), "well", "refuses"),
        (BOT, None, None, ""),
        (replace(BOT, endpoint=None), Door(401, 401), "broken", "No interactions endpoint"),
        (replace(BOT, endpoint="https://other"), Door(401, 401), "broken", "https://other"),
        (BOT, Door(200, 401, accepted=True), "broken", "forged ping: 200"),
        (BOT, Door(401, 500, accepted=True), "broken", "unsigned ping: 500"),
        (BOT, Door(401, 401, accepted=False), "broken", "would not take it"),
    ],
)
def test_the_endpoint_is_ours_and_refuses_forgers(
    bot: Bot, door: Door | None, state: str | None, words: str
) -> None:
    found = discord.endpoint_findings(bot, WANTED, door)

    assert states(found) == ([] if state is None else [state])
    assert all(words in one.meaning for one in found)
    assert all(one.remedy for one in found if one.state is not State.WELL)


@pytest.mark.parametrize("why", Why)
def test_a_breaker_that_is_open_says_why_and_until_when(why: Why) -> None:
    closed = Closure(why, NOW.timestamp() + 60, 1)

    [found] = discord.closure_findings(closed, NOW)

    assert found.state is State.BROKEN
    assert f"{NOW + timedelta(minutes=1):%H:%M:%S} UTC" in found.meaning
    assert found.remedy
    assert states(discord.closure_findings(closed, NOW + HOUR)) == ["well"]
    assert states(discord.closure_findings(None, NOW)) == ["well"]


def test_who_signs_in_gets_back() -> None:
    known = replace(BOT, redirects=("https://go/api/discord/signed-in",))

    assert states(discord.redirect_findings(known, "https://go/api/discord/signed-in")) == ["well"]
    assert states(discord.redirect_findings(BOT, "https://go/api/discord/signed-in")) == ["broken"]


def test_commands_that_differ_are_named() -> None:
    [found] = discord.command_findings(Diff(created=("doctor",), deleted=("old",)))

    assert found.state is State.ATTENTION
    assert "doctor, old" in found.meaning
    assert states(discord.command_findings(Diff())) == ["well"]


@pytest.mark.parametrize(
    ("off", "state"), [(0, "well"), (5.9, "well"), (-30, "attention"), (600, "broken")]
)
def test_a_clock_that_is_off_is_told(off: float, state: str) -> None:
    found = discord.clock_findings("Discord", NOW, NOW + timedelta(seconds=off))

    assert states(found) == [state]


def test_session_starts_and_shards_that_run_short_are_told() -> None:
    few = discord.gateway_findings(Gateway(1, 40, 1000, HOUR), 1)
    many = discord.gateway_findings(Gateway(4, 900, 1000, HOUR), 2, "2")

    assert states(few) == states(many) == ["attention"]
    assert "ListenerShardCount to auto" in many[0].remedy
    assert states(discord.gateway_findings(Gateway(1, 900, 1000, HOUR), None)) == ["well"]


def test_a_number_of_shards_that_follows_by_itself_is_let_be_until_it_has_not() -> None:
    some = discord.gateway_findings(Gateway(4, 900, 1000, HOUR), 2)
    many = discord.gateway_findings(Gateway(5, 900, 1000, HOUR), 2)

    assert (states(some), states(many)) == (["well"], ["attention"])
    assert "to auto" not in many[0].remedy


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("UPDATE_COMPLETE", "well"),
        ("UPDATE_IN_PROGRESS", "attention"),
        ("UPDATE_ROLLBACK_COMPLETE", "attention"),
        ("ROLLBACK_FAILED", "broken"),
        ("CREATE_FAILED", "broken"),
    ],
)
def test_a_deployment_that_did_not_go_through_is_told(status: str, state: str) -> None:
    assert states(cloud.stack_findings(status)) == [state]


def test_dead_letters_and_old_messages_are_told_with_the_command_that_helps() -> None:
    dead = Queue("events-dlq", 2, 1, dead=True)
    slow = Queue("effects", 9, 1, oldest=HOUR)
    busy = Queue("hooks", 900, 10, oldest=timedelta(minutes=29))
    asked = Queue("confirmations", 2, 0, oldest=timedelta(minutes=29))

    found = cloud.queue_findings([dead, slow, busy, asked])

    assert states(found) == ["broken", "attention"]
    assert "3 messages" in found[0].meaning
    assert "usher dlq redrive events`" in found[0].remedy
    assert states(cloud.queue_findings([busy])) == ["well"]


def test_functions_that_fail_do_not_read_or_are_not_active_are_told() -> None:
    well = Worker("A", "Active")
    wrong = [
        Worker("B", "Failed"),
        Worker("C", "Active", disabled=("events",)),
        Worker("D", "Active", errors=1, last_error="KeyError: x"),
    ]

    found = cloud.function_findings([well, *wrong])

    assert states(found) == ["broken", "broken", "attention"]
    assert "KeyError: x" in found[2].meaning
    assert states(cloud.function_findings([well])) == ["well"]


def test_schedules_that_are_off_or_silent_are_told() -> None:
    minute = timedelta(minutes=1)
    found = cloud.schedule_findings(
        [
            Schedule("on", enabled=True, every=HOUR, last_run=NOW - HOUR),
            Schedule("off", enabled=False, every=HOUR),
            Schedule("silent", enabled=True, every=minute, last_run=NOW - HOUR),
            Schedule("unknown", enabled=True, every=None, last_run=NOW - DAY),
        ],
        NOW,
    )

    assert [(one.what, one.state.value) for one in found] == [
        ("off", "broken"),
        ("silent", "broken"),
    ]


def test_sessions_that_could_not_be_asked_for_are_not_said_to_be_missing() -> None:
    assert cloud.listener_findings(None, (1, 1), asked=False) == []
    assert states(cloud.listener_findings(None, (0, 1), asked=False)) == ["broken"]


def test_shards_without_a_listener_are_told() -> None:
    found = cloud.listener_findings(Shards(4, 2, 1, (1, 3)), (0, 1))

    assert states(found) == ["broken", "broken", "attention"]
    assert "1, 3" in found[1].meaning
    assert states(cloud.listener_findings(None, None)) == ["broken"]
    assert states(cloud.listener_findings(Shards(1, 1, 0, ()), (1, 1))) == ["well"]


def test_a_store_that_is_not_safe_is_told() -> None:
    safe = Store("t", "ACTIVE", recoverable=True, versioned=True, last_backup=NOW - HOUR)
    old = replace(safe, last_backup=NOW - 2 * DAY)
    none = replace(safe, last_backup=None)

    assert set(states(cloud.store_findings(safe, NOW, None))) == {"well"}
    assert "broken" in states(cloud.store_findings(old, NOW, None))
    assert "broken" in states(cloud.store_findings(none, NOW, NOW - 3 * DAY))
    assert "broken" not in states(cloud.store_findings(none, NOW, NOW - HOUR))
    assert states(cloud.store_findings(replace(safe, versioned=False), NOW, None))[0] == "broken"
    assert states(cloud.store_findings(replace(safe, table_status="GONE"), NOW, None))[0] == (
        "broken"
    )


def test_alarms_that_ring_and_a_stack_without_any_are_told() -> None:
    told = "A message was given up. docs/operations.md#dead-letters"
    ringing = Alarm("usher-prod-dlq", told)
    [found] = cloud.alarm_findings([ringing], 30)

    assert found.meaning == "A message was given up."
    assert found.remedy.startswith("docs/operations.md#dead-letters says")
    assert states(cloud.alarm_findings([ringing], 30)) == ["broken"]
    assert states(cloud.alarm_findings([], 30)) == ["well"]
    assert states(cloud.alarm_findings([], 0)) == ["attention"]


@pytest.mark.parametrize(
    ("expression", "length"),
    [
        ("rate(1 minute)", timedelta(minutes=1)),
        ("rate(12 hours)", 12 * HOUR),
        ("cron(5 * * * ? *)", HOUR),
        ("cron(15 3 * * ? *)", DAY),
        ("cron(0 3 ? * MON *)", None),
        ("", None),
    ],
)
def test_how_often_a_schedule_runs(expression: str, length: timedelta | None) -> None:
    assert every(expression) == length


def test_every_remedy_is_a_sentence_and_the_table_says_states_in_words() -> None:
    found = [
        *cloud.queue_findings([Queue("events-dlq", 1, 0, dead=True)]),
        *cloud.listener_findings(None, None),
        *cloud.stack_findings("CREATE_COMPLETE"),
    ]

    shown = list(lines(found, color=False))

    assert any("✖ broken" in line for line in shown)
    assert any("✔ well" in line for line in shown)
    assert all(len(line) <= 100 for line in shown)
    assert all(one.remedy.endswith(".") for one in found if one.state is not State.WELL)
    assert shown[-1] == "2 broken, 1 well"
    assert '"healthy": false' in as_json(found, "usher-prod", NOW)


def test_discord_s_markdown_is_no_text_for_a_terminal() -> None:
    moment = int(datetime(2026, 11, 29, 10, 5, tzinfo=UTC).timestamp())

    assert plain(f"**Last** seen <t:{moment}:R> a\\_b") == "Last seen 2026-11-29 10:05 UTC a_b"


def test_names_that_others_chose_write_nothing_else_on_a_terminal() -> None:
    name = "Spring\x1b]0;owned\x07\x1b[2J\nsale\x9b31m"
    found = Finding("Channels", name, State.BROKEN, f"{name} is gone.", f"Mend {name}.")

    shown = "\n".join(lines([found], color=False))

    assert not {*shown} & {"\x1b", "\x07", "\x9b"}
    assert "Spring" in shown
