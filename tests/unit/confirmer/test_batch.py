"""Batches of requests: guilds apart, the token's refusal and a limit everywhere stop all calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from confirmer.asking import DiscordMembersSearch
from confirmer.batch import RESERVE_MILLISECONDS, ConfirmerDoor
from tests.builders import at
from tests.fakes.logs import FakeMeter, LogBook
from tests.fakes.returning import FakeBack
from usher.attribution.backfill_ports import BackfillReport
from usher.attribution.backfill_state import Hurdle, Status
from usher.attribution.confirming_ports import (
    ConfirmingReport,
    SearchLimitedError,
    SearchRefusedError,
)
from usher.contracts.backfill import BackfillStep, encode_step
from usher.contracts.confirmation import ConfirmationRequest, encode_confirmation
from usher.contracts.recount import RecountStep, encode_recount
from usher.credit.recount_ports import RecountReport
from usher.ids import GuildId, UserId
from usher.platform.discord_rest import (
    DiscordError,
    RateLimitedError,
    RefusedError,
    UnauthorizedError,
    UnavailableError,
)
from usher.platform.sqs_batch import Record

NOW = 1_800_000_000


@dataclass
class FakeService:
    """Answers requests, or raises or reports what is laid down for a guild."""

    moods: dict[str, Exception | ConfirmingReport] = field(default_factory=dict)
    handled: list[tuple[str, int, bool]] = field(default_factory=list)
    postponed: list[tuple[str, float]] = field(default_factory=list)

    def handle(
        self,
        requests: Sequence[ConfirmationRequest],
        may_ask: Callable[[], bool] = lambda: True,
    ) -> ConfirmingReport:
        guild_id = requests[0].guild_id
        assert {request.guild_id for request in requests} == {guild_id}
        self.handled.append((guild_id, len(requests), may_ask()))
        mood = self.moods.get(guild_id, ConfirmingReport(calls=1, confirmed=2))
        if isinstance(mood, Exception):
            raise mood
        return mood

    def postpone(self, requests: Sequence[ConfirmationRequest], seconds: float) -> ConfirmingReport:
        self.postponed.append((requests[0].guild_id, seconds))
        return ConfirmingReport(again=1)


@dataclass
class FakeBackfill:
    """Does steps, or raises or reports what is laid down."""

    mood: Exception | BackfillReport = field(
        default_factory=lambda: BackfillReport(Status.RUNNING, calls=1, found=300, news=7)
    )
    handled: list[BackfillStep] = field(default_factory=list)
    postponed: list[tuple[BackfillStep, float]] = field(default_factory=list)

    def handle(self, step: BackfillStep) -> BackfillReport:
        self.handled.append(step)
        if isinstance(self.mood, Exception):
            raise self.mood
        return self.mood

    def postpone(self, step: BackfillStep, seconds: float) -> BackfillReport:
        self.postponed.append((step, seconds))
        return BackfillReport()


@dataclass
class FakeRecount:
    """Does steps of recounts, or raises what is laid down."""

    mood: Exception | None = None
    handled: list[RecountStep] = field(default_factory=list)

    def handle(self, step: RecountStep) -> RecountReport:
        self.handled.append(step)
        if self.mood is not None:
            raise self.mood
        return RecountReport(looked=5, sent=2)


@dataclass
class Bench:
    """A door with everything around it."""

    service: FakeService = field(default_factory=FakeService)
    backfill: FakeBackfill = field(default_factory=FakeBackfill)
    recount: FakeRecount = field(default_factory=FakeRecount)
    log: LogBook = field(default_factory=LogBook)
    meter: FakeMeter = field(default_factory=FakeMeter)
    back: FakeBack = field(default_factory=FakeBack)

    def handle(self, *records: Record, time_left: int = 60_000) -> list[str]:
        door = ConfirmerDoor(
            *(self.service, self.backfill, self.recount, self.log.logger, self.meter, self.back),
            clock=lambda: float(NOW),
        )
        answer = door.handle(records, lambda: time_left)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def record(id_: str, guild: str = "1", body: str | None = None) -> Record:
    joins = ((UserId("7"), at(10)),)
    request = ConfirmationRequest(GuildId(guild), "secret name", joins, 1, at(12), at(17))
    return {
        "messageId": f"m-{id_}",
        "body": encode_confirmation(request) if body is None else body,
    }


def test_a_guilds_requests_are_answered_together() -> None:
    bench = Bench()

    assert bench.handle(record("a", "1"), record("b", "2"), record("c", "1")) == []

    assert bench.service.handled == [("1", 2, True), ("2", 1, True)]
    assert bench.meter.sums == {("MembersSearchCalls",): 2, ("JoinsConfirmed",): 4}
    assert "secret name" not in bench.log.stream.getvalue()


def test_without_time_left_the_service_may_not_ask() -> None:
    bench = Bench()

    bench.handle(record("a"), time_left=RESERVE_MILLISECONDS - 1)

    assert bench.service.handled == [("1", 1, False)]


def test_an_unreadable_message_fails_alone() -> None:
    bench = Bench()

    assert bench.handle(record("a", body="{}"), record("b")) == ["m-a"]
    assert bench.meter.sums["ConfirmationsFailed",] == 1


def test_a_refused_token_stops_all_calls_and_is_told_loudly() -> None:
    bench = Bench(FakeService({"1": UnauthorizedError(401)}))

    assert bench.handle(record("a", "1"), record("b", "2")) == ["m-a", "m-b"]

    assert len(bench.service.handled) == 1
    assert bench.log.lines()[0]["level"] == "CRITICAL"


@pytest.mark.parametrize("error", [UnavailableError(503), UnavailableError(0), OSError()])
def test_an_outage_fails_the_guilds_messages_only(error: Exception) -> None:
    bench = Bench(FakeService({"1": error}))

    assert bench.handle(record("a", "1"), record("b", "2"), record("c", "1")) == ["m-a", "m-c"]


def test_a_limit_everywhere_puts_the_other_guilds_off() -> None:
    limited = ConfirmingReport(limited=SearchLimitedError(30, everywhere=True))
    bench = Bench(FakeService({"1": limited}))

    assert bench.handle(record("a", "1"), record("b", "2")) == []
    assert bench.service.postponed == [("2", 30)]


def test_a_limit_of_one_guild_leaves_the_others_alone() -> None:
    limited = ConfirmingReport(limited=SearchLimitedError(30, everywhere=False))
    bench = Bench(FakeService({"1": limited}))

    bench.handle(record("a", "1"), record("b", "2"))

    assert bench.service.postponed == []
    assert len(bench.service.handled) == 2


def step(id_: str, guild: str = "1") -> Record:
    body = encode_step(BackfillStep(GuildId(guild), "1001", at(0), page=3, token="secret token"))
    return {"messageId": f"m-{id_}", "body": body}


def test_backfills_go_on_after_the_confirmations() -> None:
    bench = Bench(FakeService({"1": OSError()}))

    assert bench.handle(step("a", "1"), record("b", "1"), step("c", "2")) == ["m-b"]

    assert [one.guild_id for one in bench.backfill.handled] == ["1", "2"]
    assert bench.meter.sums["MembersFound",] == 600
    assert "secret token" not in bench.log.stream.getvalue()


def test_backfills_heed_a_limit_everywhere_and_the_time() -> None:
    limited = ConfirmingReport(limited=SearchLimitedError(30, everywhere=True))
    bench = Bench(FakeService({"1": limited}))

    assert bench.handle(step("a", "2"), record("b", "1")) == []
    assert bench.handle(step("c", "3"), time_left=RESERVE_MILLISECONDS - 1) == []

    assert [(one.guild_id, wait) for one, wait in bench.backfill.postponed] == [
        ("2", 30),
        ("3", 1),
    ]
    assert bench.backfill.handled == []


def test_recounts_go_on_whatever_discord_says_and_one_that_fails_comes_again() -> None:
    step = RecountStep(GuildId("1"), "run", UserId("9"), "r", at(0))
    bench = Bench(FakeService({"1": UnauthorizedError(401)}))

    failed = bench.handle(record("1"), record("2", body=encode_recount(step)))

    assert failed == ["m-1"]
    assert bench.recount.handled == [step]

    bench.recount.mood = RuntimeError("boom")
    assert bench.handle(record("3", body=encode_recount(step))) == ["m-3"]


def test_a_limit_everywhere_met_by_a_backfill_stops_the_next() -> None:
    bench = Bench()
    bench.backfill.mood = BackfillReport(
        Status.RUNNING, hurdle=Hurdle.LIMIT, limited=SearchLimitedError(9, everywhere=True)
    )

    assert bench.handle(step("a", "1"), step("b", "2")) == []

    assert len(bench.backfill.handled) == 1
    assert [wait for _, wait in bench.backfill.postponed] == [9]


@pytest.mark.parametrize("error", [UnauthorizedError(401), UnavailableError(503), OSError()])
def test_a_step_that_failed_comes_again(error: Exception) -> None:
    bench = Bench(backfill=FakeBackfill(error))

    assert bench.handle(step("a")) == ["m-a"]


def test_how_long_questions_wait_for_discord_is_measured() -> None:
    # Given copies, whose age SQS counts from when they were sent
    since = {"waiting_since": {"stringValue": f"{(NOW - 2_000) * 1000}"}}
    bench = Bench(FakeService({"1": UnavailableError(503)}))

    bench.handle({**record("a"), "messageAttributes": since}, record("b"))
    assert bench.meter.sums["ConfirmationsWaitedSeconds",] == 2_000

    bench.meter.sums.clear()
    bench.handle({**record("a", guild="2"), "messageAttributes": since})
    assert ("ConfirmationsWaitedSeconds",) not in bench.meter.sums


def test_a_refused_backfill_is_logged_with_its_code() -> None:
    refused = SearchRefusedError(403, 50001)
    report = BackfillReport(Status.COUNTED, hurdle=Hurdle.REFUSED, refused=refused)
    bench = Bench(backfill=FakeBackfill(report))

    assert bench.handle(step("a")) == []

    [line, _] = bench.log.lines()
    assert (line["level"], line["status"], line["code"]) == ("WARNING", 403, 50001)


def test_a_refusal_is_logged_with_its_code_and_done_with() -> None:
    refused = ConfirmingReport(refused=SearchRefusedError(403, 50001))
    bench = Bench(FakeService({"1": refused}))

    assert bench.handle(record("a")) == []

    [line, _] = bench.log.lines()
    assert (line["level"], line["status"], line["code"]) == ("WARNING", 403, 50001)
    assert bench.meter.sums["MembersSearchRefused",] == 1


@dataclass
class FakeRest:
    """Answers one call."""

    mood: object
    called: list[tuple[str, str, object]] = field(default_factory=list)

    def call(
        self, method: str, route: str, body: object = None, *, reason: str | None = None
    ) -> object:
        self.called.append((method, route, body))
        if isinstance(self.mood, Exception):
            raise self.mood
        return self.mood


def test_a_search_is_a_post_with_its_filter_in_the_body() -> None:
    rest = FakeRest({"members": []})

    assert DiscordMembersSearch(rest).search(GuildId("1"), {"limit": 5}) == {"members": []}
    assert rest.called == [("POST", "/guilds/1/members-search", {"limit": 5})]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RefusedError(403, 50001), SearchRefusedError),
        (RefusedError(404), SearchRefusedError),
        (DiscordError(400, 50035), SearchRefusedError),
        (RateLimitedError(30, everywhere=True), SearchLimitedError),
        (UnauthorizedError(401), UnauthorizedError),
        (UnavailableError(503), UnavailableError),
    ],
)
def test_refusals_and_limits_are_told_apart_from_outages(
    error: Exception, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as told:
        DiscordMembersSearch(FakeRest(error)).search(GuildId("1"), {})

    if isinstance(told.value, SearchLimitedError):
        assert (told.value.retry_after, told.value.everywhere) == (30, True)


@pytest.mark.parametrize(
    ("error", "wait"),
    [(UnauthorizedError(401, retry_after=240), 240), (UnavailableError(502), 15)],
)
def test_what_waits_for_discord_uses_up_no_receives(error: Exception, wait: float) -> None:
    bench = Bench(FakeService({"1": error}))

    assert bench.handle(record("a"), record("b", "2")) == (
        ["m-a"] if wait == 15 else ["m-a", "m-b"]
    )

    assert wait / 2 <= bench.back.waits["m-a"] <= wait


def test_a_copy_that_does_not_count_is_done_with() -> None:
    bench = Bench(back=FakeBack(stale={"m-a"}))

    assert bench.handle(record("a")) == []
