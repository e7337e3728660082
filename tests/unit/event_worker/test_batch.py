"""Batches: order within a guild, guilds apart, poison parked, nothing raised."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from event_worker.batch import Answer, EventDoor, Record
from tests.builders import GUILD, at, by, joined, observe
from tests.fakes.logs import FakeMeter, LogBook
from usher.attribution.outcomes import Confidence
from usher.attribution.ports import PoisonError
from usher.attribution.report import Report
from usher.attribution.wording import word_of
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import decode, encode
from usher.ids import GuildId, UserId
from usher.ledger.lines import Line, LineType
from usher.platform.logging import INVITES, get_logger

OTHER = GuildId("2")


class PassingError(Exception):
    """AWS is away for a moment."""


@dataclass
class FakeService:
    """Handles observations, or raises what is laid down for their ids."""

    errors: dict[str, Exception] = field(default_factory=dict)
    handled: list[str] = field(default_factory=list)

    def handle(self, observation: Observation) -> Report:
        self.handled.append(observation.id)
        if error := self.errors.get(observation.id):
            raise error
        return Report(joins=Counter({Confidence.EXACT: 2}), duplicates=1, lines=2, parts=1)


@dataclass
class FakeParking:
    """Keeps what is parked."""

    parked: list[tuple[str | None, str, str]] = field(default_factory=list)
    error: Exception | None = None

    def park(self, guild_id: GuildId | None, message_id: str, body: str) -> bool:
        if self.error:
            raise self.error
        self.parked.append((guild_id, message_id, body))
        return True


@dataclass
class Bench:
    """A door with everything around it."""

    service: FakeService = field(default_factory=FakeService)
    parking: FakeParking = field(default_factory=FakeParking)
    log: LogBook = field(default_factory=LogBook)
    meter: FakeMeter = field(default_factory=FakeMeter)
    given_back: list[str] = field(default_factory=list)
    deaf: bool = False

    def give_back(self, receipt_handles: Sequence[str]) -> None:
        if self.deaf:
            raise PassingError
        self.given_back += receipt_handles

    def handle(self, *records: Record, time_left: Callable[[], int] = lambda: 15_000) -> list[str]:
        door = EventDoor(
            self.service,
            self.parking,
            decode,
            (PassingError,),
            self.log.logger,
            self.meter,
            self.give_back,
        )
        answer: Answer = door.handle(records, time_left)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def record(id_: str, guild: GuildId = GUILD, body: str | None = None, receives: int = 1) -> Record:
    observation = observe(joined("7"), id=id_, guild=guild)
    return {
        "messageId": f"m-{id_}",
        "receiptHandle": f"r-{id_}",
        "body": encode(observation) if body is None else body,
        "attributes": {"MessageGroupId": guild, "ApproximateReceiveCount": str(receives)},
    }


def test_records_are_handled_in_order() -> None:
    bench = Bench()

    assert bench.handle(record("a"), record("b"), record("c", OTHER)) == []

    assert bench.service.handled == ["a", "b", "c"]
    assert bench.meter.sums == {
        ("JoinsRecorded",): 6,
        ("Attributed", "exact"): 6,
        ("Duplicates",): 3,
    }


def test_a_passing_error_holds_back_its_guild_alone_and_later_records_of_it() -> None:
    bench = Bench(FakeService({"b": PassingError()}))

    failures = bench.handle(
        record("a"), record("b"), record("x", OTHER), record("c"), record("y", OTHER)
    )

    assert failures == ["m-b", "m-c"]
    assert bench.service.handled == ["a", "b", "x", "y"]
    assert bench.parking.parked == []


def test_every_record_failing_is_an_answer_and_no_error() -> None:
    bench = Bench(FakeService({"a": PassingError(), "x": PassingError()}))

    assert bench.handle(record("a"), record("x", OTHER), record("b")) == ["m-a", "m-x", "m-b"]


@pytest.mark.parametrize("body", ["", "not json", "{}", '{"v":99}'])
def test_a_body_that_is_no_observation_is_parked_and_its_followers_go_on(body: str) -> None:
    bench = Bench()

    assert bench.handle(record("a", body=body), record("b")) == []

    assert bench.parking.parked == [(GUILD, "m-a", body)]
    assert bench.service.handled == ["b"]
    assert bench.meter.sums[("Parked",)] == 1


def test_a_message_that_can_never_succeed_is_parked() -> None:
    bench = Bench(FakeService({"a": PoisonError("attribute: KeyError")}))

    assert bench.handle(record("a"), record("b")) == []

    [(guild, message, body)] = bench.parking.parked
    assert (guild, message) == (GUILD, "m-a")
    assert decode(body).id == "a"


def test_an_observation_of_another_guild_than_its_group_is_parked() -> None:
    bench = Bench()
    strange = record("a", body=encode(observe(joined("7"), guild=OTHER)))

    assert bench.handle(strange) == []

    assert bench.service.handled == []
    assert len(bench.parking.parked) == 1


def test_a_group_that_is_no_guild_is_parked_without_one() -> None:
    bench = Bench()

    assert bench.handle(record("a", guild=GuildId("../x"), body="?")) == []

    assert bench.parking.parked == [(None, "m-a", "?")]


@pytest.mark.parametrize(("receives", "parked"), [(1, 0), (4, 0), (5, 1), (9, 1)])
def test_an_unknown_error_is_tried_again_and_parked_before_the_queue_gives_up(
    receives: int, parked: int
) -> None:
    bench = Bench(FakeService({"a": RuntimeError("?")}))

    failures = bench.handle(record("a", receives=receives), record("b"))

    assert len(bench.parking.parked) == parked
    assert failures == ([] if parked else ["m-a", "m-b"])


def test_a_passing_error_is_never_parked() -> None:
    bench = Bench(FakeService({"a": PassingError()}))

    assert bench.handle(record("a", receives=10)) == ["m-a"]
    assert bench.parking.parked == []


def test_what_cannot_be_parked_is_tried_again_with_its_followers() -> None:
    bench = Bench(parking=FakeParking(error=PassingError()))

    assert bench.handle(record("a", body="?"), record("b")) == ["m-a", "m-b"]
    assert ("Parked",) not in bench.meter.sums


def test_without_time_left_nothing_more_is_begun() -> None:
    bench = Bench()
    left = iter([15_000, 3_000])

    failures = bench.handle(record("a"), record("b"), record("c"), time_left=lambda: next(left))

    assert failures == ["m-b", "m-c"]
    assert bench.service.handled == ["a"]
    assert bench.given_back == ["r-b", "r-c"]


def test_what_waits_behind_a_failure_is_not_given_back() -> None:
    bench = Bench(FakeService({"a": PassingError()}))
    left = iter([15_000, 15_000, 3_000])

    records = record("a"), record("x", OTHER), record("b"), record("y", OTHER)
    failures = bench.handle(*records, time_left=lambda: next(left))

    assert failures == ["m-a", "m-b", "m-y"]
    assert bench.given_back == ["r-y"]


def test_messages_that_cannot_be_given_back_are_failures_all_the_same() -> None:
    bench = Bench(deaf=True)

    assert bench.handle(record("a"), time_left=lambda: 3_000) == ["m-a"]


def test_the_log_tells_ids_and_counts_and_no_names_or_bodies() -> None:
    bench = Bench(FakeService({"b": PoisonError("attribute: KeyError")}))

    bench.handle(record("a"), record("b"), record("c", body="User7 secret"))

    [first, second, third] = bench.log.lines()
    assert first["message"] == "observation applied"
    assert first["guild_id"] == GUILD
    assert (first["message_id"], first["observation_id"]) == ("m-a", "a")
    assert (first["joins"], first["duplicates"], first["transactions"]) == (2, 1, 1)
    assert first["duration_ms"] >= 0
    assert second["message"] == third["message"] == "message parked"
    assert (second["reason"], second["gap_marked"]) == ("attribute: KeyError", True)
    assert "User7" not in bench.log.stream.getvalue()


def sums(bench: Bench, names: Sequence[str]) -> list[float]:
    return [bench.meter.sums.get((name,), 0) for name in names]


def test_an_empty_batch_is_nothing() -> None:
    bench = Bench()

    assert bench.handle() == []
    assert sums(bench, ["JoinsRecorded", "Parked"]) == [0, 0]


def test_what_is_said_of_joins_is_told_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INVITE_DEBUG", "on")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "debugged")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Usher/test")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
    word = word_of(by("900"))
    line = Line(LineType.JOIN, "e", at(10), GUILD, UserId("7"), at(10), word)
    service = Saying(Report(said=(line,)))
    door = EventDoor(
        service, FakeParking(), decode, (PassingError,), get_logger(INVITES), FakeMeter()
    )

    door.handle([record("a")], lambda: 15_000)

    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    (said,) = [one for one in lines if one["message"] == "said of a join"]
    assert (said["level"], said["environment"], said["memory_mb"]) == ("DEBUG", "test", "512")
    assert (said["line"], said["user_id"], said["staff_id"]) == ("join", "7", "900")
    assert (said["confidence"], said["invite_code"]) == ("exact", "abc")


@dataclass
class Saying:
    """Reports the same of everything."""

    report: Report

    def handle(self, _observation: Observation) -> Report:
        return self.report
