"""What a million joins and a million commands cost: requests counted on the wire, times prices.

The doors are built as Lambda builds them and stand over the embedded cloud, with a meter between;
what they send one another is handed on at once, a message an invocation, as in a quiet guild. Every
message costs a send, a receive and a deletion. Not counted: what leaves AWS, and empty receives,
which are of the hour and not of the join (docs/deploy.md has the idle month).
"""

import json
import logging
import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any, Final, cast
from unittest.mock import patch

import boto3

from infra.local.aws import environment
from infra.local.emulator import Emulator
from infra.local.settings import TEMPLATE
from infra.local.transform import load
from tests.bench.metering import Meter, metered
from tests.bench.prices import READ_ON, gb_seconds, report
from tests.builders import GUILD, START, joined, look, observe, row
from tests.fakes.cloud import BUCKET, REGION, TABLE, make_bucket, make_table
from tests.fakes.members_search import FakeMembersSearch
from tests.unit.interactions.doors import PUBLIC_KEY, event
from tests.unit.slash.payloads import APPLICATION, MANAGE_GUILD, slash
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode

JOINS: Final = int(os.environ.get("USHER_BENCH_COST_JOINS", "40"))
INVITERS: Final = 20
SECRET: Final = "usher/bench/discord-token"
QUEUES: Final = ("events.fifo", "commands", "effects", "confirmations", "repairs", "hooks")
COMMANDS: Final = {"invite view": "answered at once", "sync_member_invites": "deferred"}
TIMES: Final = 10
LAMBDA_LOG: Final = 350
"""Bytes that Lambda itself writes of an invocation."""

type Invoke = Callable[[Mapping[str, object]], object]


@dataclass
class Road:
    """Doors over a metered cloud."""

    meter: Meter
    doors: dict[str, tuple[int, Invoke]]
    """Memory and handler, by the queue that feeds it; `api` is the interactions door."""
    search: FakeMembersSearch
    log: StringIO
    spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def observe(self, observation: Observation) -> None:
        """Send what the listener saw, and let everything that follows happen."""
        self.meter.counts["sqs_fifo"] += 1
        self.meter.sent.append(("events.fifo", encode(observation)))
        self.settle()

    def settle(self) -> None:
        """Hand messages on until there are none."""
        while self.meter.sent:
            queue, body = self.meter.sent.pop(0)
            self.meter.counts["sqs_fifo" if queue.endswith(".fifo") else "sqs"] += 2
            if queue in self.doors:
                answer = self.invoke(queue, {"Records": [_record(queue, body)]})
                failed = cast("Mapping[str, list[object]]", answer)["batchItemFailures"]
                if failed:
                    raise AssertionError(f"{queue}: {body}: {self.log.getvalue()[-2000:]}")

    def command(self, path: str) -> None:
        """Have a member use a command."""
        self.meter.counts["api"] += 1
        body = json.dumps(slash(path, permissions=MANAGE_GUILD)).encode()
        answer = self.invoke("api", event(body, timestamp=str(int(time.time()))))
        if cast("Mapping[str, object]", answer)["statusCode"] != 200:
            raise AssertionError(answer)
        self.settle()

    def invoke(self, door: str, given: Mapping[str, object]) -> object:
        """Run a handler as Lambda would."""
        memory, handler = self.doors[door]
        calls, cpu, written = self.meter.calls, time.thread_time(), self.log.tell()
        answer = handler(given)
        used, asked = time.thread_time() - cpu, self.meter.calls - calls
        self.meter.counts["invocation"] += 1
        self.spent["gb_second"] += gb_seconds(memory, used, asked)
        self.spent["log_gb"] += (LAMBDA_LOG + self.log.tell() - written) / 1e9
        return answer

    def begin(self) -> None:
        """Count from here."""
        self.meter.counts.clear()
        self.spent.clear()

    def each(self, number: int) -> dict[str, float]:
        """Say what each of so many took since."""
        whole = {**self.meter.counts, **self.spent}
        return {kind: count / number for kind, count in whole.items()}


def measure(joins: int = JOINS) -> list[str]:
    """Count a join that comes alone, one of a burst, a command and a deferred one."""
    rows = [f"prices of us-east-1, {READ_ON}; Lambda's time is this machine's CPU, estimated"]
    with road() as way:
        story = Story(way)
        story.alone(INVITERS)  # every inviter's rows are there, and the containers are warm
        way.begin()
        story.alone(joins)
        rows += report("a join that comes alone", way.each(joins))
        way.begin()
        story.burst(joins)
        rows += report(f"a join among {INVITERS} of one look", way.each(joins))
        for path, kind in COMMANDS.items():
            way.command(path)
            way.begin()
            for _ in range(TIMES):
                way.command(path)
            rows += report(f"/{path}, {kind}", way.each(TIMES))
    return rows


@dataclass
class Story:
    """Members who join by the invites of a guild."""

    road: Road
    uses: Counter[int] = field(default_factory=Counter)
    members: int = 0
    now: float = field(default_factory=lambda: time.time() - START.timestamp() - 86_400)

    def __post_init__(self) -> None:
        codes = [self._row(code) for code in range(INVITERS)]
        self.road.observe(observe(look=look(*codes, seconds=self.now), seconds=self.now))

    def alone(self, number: int) -> None:
        """Have members join one by one; the last look for each is nine and a half minutes later."""
        for _ in range(number):
            self.now += 1200
            self._arrive(1)

    def burst(self, number: int) -> None:
        """Have them join together, each by another invite's use of one code."""
        for _ in range(0, number, INVITERS):
            self.now += 1200
            self._arrive(INVITERS)

    def _arrive(self, number: int) -> None:
        code = self.members % INVITERS
        came = []
        for place in range(number):
            self.members += 1
            user, when = str(10**17 + self.members), self.now + place / 100
            self.uses[code] += 1
            moment = joined(user, when)
            self.road.search.join(user, moment.joined_at, f"code{code:02}", str(9 * 10**17 + code))
            came.append(moment)
        for later in (1, 575):
            at = self.now + later
            seen = look(self._row(code), seconds=at, full=False)
            self.road.observe(observe(*(came if later == 1 else ()), look=seen, seconds=at))

    def _row(self, code: int) -> Any:  # noqa: ANN401 - what the builder makes
        return row(f"code{code:02}", self.uses[code], str(9 * 10**17 + code))


@contextmanager
def road() -> Iterator[Road]:
    """Build everything."""
    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator())
        meter, url = stack.enter_context(metered(emulator.endpoint_url))
        search = FakeMembersSearch()
        discord = stack.enter_context(_discord(search))
        log = StringIO()
        stack.enter_context(patch("sys.stdout", log))
        boto3.DEFAULT_SESSION = None
        stack.enter_context(patch.dict(os.environ, environment(emulator.endpoint_url)))
        settings = {**_furnish(url, discord), "AWS_ENDPOINT_URL": url}
        stack.enter_context(patch.dict(os.environ, settings))
        yield Road(meter, _doors(settings), search, log)
        logging.getLogger("event_worker").handlers.clear()
    boto3.DEFAULT_SESSION = None


def _furnish(url: str, discord: str) -> dict[str, str]:
    make_table(_sdk("dynamodb"), TABLE)
    make_bucket(_sdk("s3"))
    _sdk("secretsmanager").create_secret(Name=SECRET, SecretString="the token")
    sqs, urls = _sdk("sqs"), {}
    for name in QUEUES:
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        made = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
        urls[name.removesuffix(".fifo")] = url + "/" + made.split("/", 3)[3]
    return {
        "TABLE_NAME": TABLE,
        "LEDGER_BUCKET": BUCKET,
        "DISCORD_API_BASE": discord,
        "DISCORD_APPLICATION_ID": APPLICATION,
        "DISCORD_PUBLIC_KEY": PUBLIC_KEY,
        "DISCORD_TOKEN_SECRET": SECRET,
        "IMPORT_AT_INSTALL": "0",
        "PUBLIC_URL": "https://usher.example",
        "WEBHOOK_TARGETS": "public",
        "POWERTOOLS_SERVICE_NAME": "bench",
        **{f"{name.upper()}_QUEUE_URL": address for name, address in urls.items()},
    }


def _doors(settings: Mapping[str, str]) -> dict[str, tuple[int, Invoke]]:
    """Build the doors by their own bootstraps, with the memory that the template gives them."""
    import command_worker.bootstrap
    import confirmer.bootstrap
    import effects.bootstrap
    import event_worker.bootstrap
    import interactions.bootstrap

    environ = {**os.environ, **settings}
    front = interactions.bootstrap.build(environ)
    worker = command_worker.bootstrap.build(environ)
    events = event_worker.bootstrap.build(environ, 1)
    effect = effects.bootstrap.build(environ)
    confirm = confirmer.bootstrap.build(environ)
    resources = load(TEMPLATE)["Resources"]

    def memory(name: str) -> int:
        return int(resources[name]["Properties"]["MemorySize"])

    def left() -> int:
        return 60_000

    def of(door: Any) -> Invoke:  # noqa: ANN401 - doors have no common type
        return lambda given: door.handle(given["Records"], left)

    return {
        "api": (memory("InteractionsFunction"), front.answer),
        "commands": (memory("CommandWorkerFunction"), worker.work),
        "events.fifo": (memory("EventWorkerFunction"), of(events)),
        "effects": (memory("EffectsFunction"), of(effect)),
        "confirmations": (memory("ConfirmerFunction"), of(confirm)),
    }


def _record(queue: str, body: str) -> dict[str, object]:
    return {
        "messageId": f"m{time.monotonic_ns()}",
        "receiptHandle": "r",
        "body": body,
        "attributes": {
            "MessageGroupId": GUILD,
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(int(time.time() * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:000000000000:{queue}",
        "awsRegion": REGION,
    }


@contextmanager
def _discord(search: FakeMembersSearch) -> Iterator[str]:
    """A Discord that knows who came by what, and says yes to everything else."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told: object = {"id": "1", "channel_id": "1"}
            if self.path.endswith("/members-search"):
                told = search.answer(json.loads(body))
            elif self.path.endswith("/invites"):
                told = []
            content = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_PATCH = _answer  # noqa: N815 - of http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api/v10"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _sdk(service: str) -> Any:  # noqa: ANN401 - boto3 builds its clients at run time
    return cast("Any", boto3).client(service, region_name=REGION)
