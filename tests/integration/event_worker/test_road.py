"""Messages in, ledger lines, rows and effects out: the door with its real adapters."""

import json
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import boto3
import pytest

from event_worker.bootstrap import NEEDED, build
from tests.builders import GUILD, joined, left, look, observe, row
from tests.fakes.cloud import REGION, TABLE, rows
from tests.integration.event_worker.conftest import Road, record
from usher.contracts.observation import Observation
from usher.ids import GuildId
from usher.platform.settings import SettingsError

OTHER = GuildId("2")


@dataclass
class Context:
    """What Lambda tells of the invocation."""

    def get_remaining_time_in_millis(self) -> int:
        return 15_000


def baseline(guild: GuildId = GUILD, uses: int = 0) -> Observation:
    return observe(look=look(row("abc", uses), seconds=-700), seconds=-700, guild=guild)


def arrival(user: str, uses: int, seconds: float, guild: GuildId = GUILD) -> Observation:
    seen = look(row("abc", uses), seconds=seconds + 1)
    return observe(joined(user, seconds), look=seen, seconds=seconds + 1, guild=guild)


def log_to(channel_id: str) -> None:
    table = boto3.resource("dynamodb", region_name=REGION).Table(TABLE)
    setting = "S#guild#join_log_channel_id"
    table.put_item(Item={"pk": f"G#{GUILD}", "sk": setting, "value": channel_id})


def counter(guild: GuildId = GUILD) -> dict[str, int]:
    held = [item for item in rows(prefix="C#900") if item["pk"] == f"G#{guild}"]
    [found] = [item for item in held if item["sk"] == "C#900"]
    return {name: int(found[name]) for name in ("tracked", "left", "score") if name in found}


def test_the_handler_that_lambda_calls(road: Road, app: Any) -> None:  # noqa: ANN401
    messages = [baseline(), arrival("7", 1, 10), observe(left("7", 20), seconds=20)]

    answer = app.handler({"Records": [record(message) for message in messages]}, Context())

    assert answer == {"batchItemFailures": []}
    assert counter() == {"tracked": 1, "left": 1, "score": 0}
    assert [json.loads(line)["type"] for line in road.lines()].count("join") == 1


def test_a_join_is_told_in_the_guilds_log_channel_and_told_alike_again(road: Road) -> None:
    log_to("5")
    join = arrival("7", 1, 10)
    road.handle(record(baseline()), record(join))

    [first] = road.effects()
    road.handle(record(join, receives=2))
    [second] = road.effects()

    assert first == second
    told = json.loads(first)
    assert (told["kind"], told["channel_id"], told["mention"]) == ("send_message", "5", None)
    assert told["content"] == (
        "**User7** (7) joined, invited by **ida** (900) with invite `abc` (exact)."
    )


def test_poison_is_parked_and_its_followers_applied(road: Road) -> None:
    # Given a guild, and a message nobody can read before one that anybody can
    road.handle(record(baseline()))
    poison = {**record(arrival("6", 1, 5)), "body": "poison with a name in it"}

    answer = road.handle(poison, record(arrival("7", 1, 10)))  # type: ignore[arg-type]  # a dict copied

    # Then the poison is kept, the gap marked, and the follower applied, uncertain as it now is
    assert answer == {"batchItemFailures": []}
    assert road.lines("parked/") == [b"poison with a name in it"]
    [line] = road.lines("lines/")
    assert json.loads(line)["outcome"] == "ambiguous"
    assert json.loads(line)["reason"] == "after_gap"


def test_guilds_of_one_batch_are_apart(road: Road) -> None:
    road.handle(record(baseline()), record(baseline(OTHER)))

    road.handle(record(arrival("7", 1, 10)), record(arrival("8", 1, 10, OTHER)))

    assert counter() == counter(OTHER) == {"tracked": 1, "score": 1}


def test_when_the_ledger_fails_nothing_is_credited_and_the_message_comes_again(
    road: Road,
) -> None:
    # Given a bucket that is not there
    road.handle(record(baseline()))
    broken = build({**road.environ, "LEDGER_BUCKET": "gone"}, 1)
    join = record(arrival("7", 1, 10))

    answer = broken.handle([join], lambda: 15_000)

    assert answer == {"batchItemFailures": [{"itemIdentifier": join["messageId"]}]}
    assert list(rows(prefix="M#")) == list(rows(prefix="C#")) == []

    # When the ledger is back
    build(road.environ, 1).handle([join], lambda: 15_000)
    assert counter() == {"tracked": 1, "score": 1}


def test_when_the_table_fails_the_message_comes_again(road: Road) -> None:
    broken = build({**road.environ, "TABLE_NAME": "gone"}, 1)
    join = record(arrival("7", 1, 10))

    answer = broken.handle([join], lambda: 15_000)

    assert answer == {"batchItemFailures": [{"itemIdentifier": join["messageId"]}]}


def test_when_the_effects_queue_fails_effects_follow_with_the_message_again(road: Road) -> None:
    log_to("5")
    road.handle(record(baseline()))
    join = record(arrival("7", 1, 10))
    broken = build({**road.environ, "EFFECTS_QUEUE_URL": f"{road.queue_url}-gone"}, 1)

    answer = broken.handle([join], lambda: 15_000)
    assert answer == {"batchItemFailures": [{"itemIdentifier": join["messageId"]}]}
    assert counter() == {"tracked": 1, "score": 1}

    build(road.environ, 1).handle([join], lambda: 15_000)
    assert len(road.effects()) == 1
    assert counter() == {"tracked": 1, "score": 1}


def test_when_the_confirmations_queue_fails_requests_follow_with_the_message_again(
    road: Road,
) -> None:
    road.handle(record(baseline()))
    join = record(arrival("7", 1, 10))
    gone = f"{road.confirmations_url}-gone"
    broken = build({**road.environ, "CONFIRMATIONS_QUEUE_URL": gone}, 1)

    answer = broken.handle([join], lambda: 15_000)
    assert answer == {"batchItemFailures": [{"itemIdentifier": join["messageId"]}]}

    assert road.handle(join) == {"batchItemFailures": []}
    assert road.waiting() == 1
    assert counter() == {"tracked": 1, "score": 1}


def test_with_the_setting_off_nothing_is_asked_for(road: Road) -> None:
    table = boto3.resource("dynamodb", region_name=REGION).Table(TABLE)
    setting = "S#guild#members_search"
    table.put_item(Item={"pk": f"G#{GUILD}", "sk": setting, "value": "off"})

    road.handle(record(baseline()), record(arrival("7", 1, 10)))

    assert road.waiting() == 0


def test_a_hundred_members_at_once(wired: Road) -> None:
    # Given a guild with 1,000 codes, and 100 members joining by ten of them within a second
    codes = [row(f"code{number:04}", 0, str(900 + number % 10)) for number in range(1000)]
    wired.handle(record(observe(look=look(*codes, seconds=-700), seconds=-700)))
    risen = [row(f"code{number:04}", 10, str(900 + number)) for number in range(10)]
    burst = observe(
        *(joined(str(10_000 + number), number / 100) for number in range(100)),
        look=look(*risen, seconds=3, full=False),
        seconds=3,
    )

    # When
    started = perf_counter()
    answer = wired.handle(record(burst))
    seconds = perf_counter() - started

    # Then every join is on the ledger and in the table, and every use is credited
    assert answer == {"batchItemFailures": []}
    lines = [json.loads(line) for line in wired.lines()]
    assert sum(line["type"] == "join" for line in lines) == 100
    assert len(list(rows(prefix="M#"))) == 100
    counters = [item for item in rows(prefix="C#") if str(item["sk"]).count("#") == 1]
    assert sum(int(item["score"]) for item in counters) == 100
    assert {int(item["score"]) for item in counters} == {10}
    # a tenth of the function's time, on two cores shared with others
    assert seconds < 20


@pytest.mark.parametrize("missing", NEEDED)
def test_an_incomplete_environment_is_told(missing: str, credentials: None) -> None:
    environ = {
        "TABLE_NAME": "t",
        "LEDGER_BUCKET": "b",
        "EVENTS_QUEUE_URL": "http://127.0.0.1:1/q",
        "EFFECTS_QUEUE_URL": "http://127.0.0.1:1/q",
        "CONFIRMATIONS_QUEUE_URL": "http://127.0.0.1:1/c",
        "REPAIRS_QUEUE_URL": "http://127.0.0.1:1/r",
        "HOOKS_QUEUE_URL": "http://127.0.0.1:1/h",
        "AWS_REGION": REGION,
    }
    del environ[missing]

    with pytest.raises(SettingsError) as told:
        build(environ)
    assert told.value.problems == (missing,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("LEDGER_RETENTION_DAYS", days) for days in ("0", "-1", "x", "99999")),
        *(("IMPORT_AT_INSTALL", members) for members in ("-1", "many")),
    ],
)
def test_a_senseless_number_is_told(name: str, value: str, credentials: None) -> None:
    environ = {
        "TABLE_NAME": "t",
        "LEDGER_BUCKET": "b",
        "EVENTS_QUEUE_URL": "http://127.0.0.1:1/q",
        "EFFECTS_QUEUE_URL": "http://127.0.0.1:1/q",
        "CONFIRMATIONS_QUEUE_URL": "http://127.0.0.1:1/c",
        "REPAIRS_QUEUE_URL": "http://127.0.0.1:1/r",
        "HOOKS_QUEUE_URL": "http://127.0.0.1:1/h",
        "AWS_REGION": REGION,
        name: value,
    }

    with pytest.raises(SettingsError) as told:
        build(environ)
    assert told.value.problems == (name,)
