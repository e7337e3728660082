"""Batches of effects: what is done with, what is tried again, when to stop asking Discord."""

from dataclasses import dataclass, field

import pytest

from effects.batch import EffectsDoor
from tests.builders import GUILD
from tests.fakes.logs import FakeMeter, LogBook
from tests.fakes.returning import FakeBack
from usher.contracts.effect import Effect, SendMessage, encode_effect
from usher.ids import ChannelId
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
class FakeDoer:
    """Does effects, or raises what is laid down for their ids."""

    errors: dict[str, Exception] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def do(self, effect: Effect) -> None:
        if error := self.errors.get(effect.id):
            raise error
        self.done.append(effect.id)


@dataclass
class Bench:
    """A door with everything around it."""

    doer: FakeDoer = field(default_factory=FakeDoer)
    log: LogBook = field(default_factory=LogBook)
    meter: FakeMeter = field(default_factory=FakeMeter)
    back: FakeBack = field(default_factory=FakeBack)

    def handle(self, *records: Record, time_left: int = 30_000) -> list[str]:
        door = EffectsDoor(
            self.doer, self.log.logger, self.meter, self.back, clock=lambda: float(NOW)
        )
        answer = door.handle(records, lambda: time_left)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def record(id_: str, body: str | None = None, channel: str = "5") -> Record:
    effect = SendMessage(id_, GUILD, ChannelId(channel), "secret words")
    return {"messageId": f"m-{id_}", "body": encode_effect(effect) if body is None else body}


def test_effects_are_done_in_order() -> None:
    bench = Bench()

    assert bench.handle(record("a"), record("b")) == []
    assert bench.doer.done == ["a", "b"]


@pytest.mark.parametrize("status", [403, 404])
def test_an_expected_refusal_is_logged_and_done_with(status: int) -> None:
    bench = Bench(FakeDoer({"a": RefusedError(status, 50013)}))

    assert bench.handle(record("a"), record("b")) == []

    [refused, _] = bench.log.lines()
    assert (refused["level"], refused["status"], refused["code"]) == ("INFO", status, 50013)
    assert (refused["effect_id"], refused["guild_id"]) == ("a", GUILD)


def test_a_refused_token_stops_all_calls_and_is_told_loudly() -> None:
    bench = Bench(FakeDoer({"a": UnauthorizedError(401, retry_after=30)}))

    assert bench.handle(record("a"), record("b"), record("c")) == ["m-a", "m-b", "m-c"]

    assert bench.doer.done == []
    assert bench.log.lines()[0]["level"] == "CRITICAL"
    assert min(bench.back.waits.values()) == 30


@pytest.mark.parametrize(("everywhere", "failures"), [(False, ["m-a"]), (True, ["m-a", "m-b"])])
def test_a_long_rate_limit_is_left_to_the_queue(everywhere: bool, failures: list[str]) -> None:
    bench = Bench(FakeDoer({"a": RateLimitedError(60.5, everywhere=everywhere)}))

    assert bench.handle(record("a"), record("b", channel="6")) == failures

    assert bench.back.waits == dict.fromkeys(failures, 60.5)
    assert bench.meter.sums == {("EffectsPostponed",): len(failures)}


def test_what_waits_for_a_place_keeps_its_order() -> None:
    bench = Bench(FakeDoer({"a": RateLimitedError(4.2, everywhere=False)}))

    assert bench.handle(record("a"), record("b"), record("c", channel="6"), record("d")) == [
        *("m-a", "m-b", "m-d")
    ]

    assert bench.doer.done == ["c"]
    assert bench.back.waits == {"m-a": 4.2, "m-b": 5.2, "m-d": 6.2}


def test_without_an_answer_the_next_try_is_soon_enough_for_the_nonce() -> None:
    bench = Bench(FakeDoer({"a": UnavailableError(0)}))

    assert bench.handle(record("a"), record("b", channel="6")) == ["m-a"]

    assert 7.5 <= bench.back.waits["m-a"] <= 15
    assert bench.doer.done == ["b"]


def test_what_discord_has_not_answered_for_a_day_is_left_to_the_dead_letters() -> None:
    poison = record("a")
    poison["messageAttributes"] = {
        "waiting_since": {"stringValue": f"{(NOW - 86_401) * 1000:.0f}"},
    }
    bench = Bench(FakeDoer({"a": UnavailableError(500)}))

    assert bench.handle(poison, record("b")) == ["m-a"]

    assert bench.back.waits == {}
    assert bench.meter.sums["EffectsFailed",] == 1
    assert bench.doer.done == ["b"]


def test_a_copy_that_does_not_count_is_done_with() -> None:
    bench = Bench(back=FakeBack(stale={"m-a"}))

    assert bench.handle(record("a"), record("b")) == []
    assert bench.doer.done == ["b"]


@pytest.mark.parametrize("error", [DiscordError(400, 50035), RuntimeError("?")])
def test_other_failures_are_tried_again_and_hold_nobody_back(error: Exception) -> None:
    bench = Bench(FakeDoer({"a": error}))

    assert bench.handle(record("a"), record("b")) == ["m-a"]
    assert bench.meter.sums == {("EffectsFailed",): 1}


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"v":1,"kind":"dance"}', "1", "null"])
def test_what_is_no_effect_goes_back_to_the_queue(body: str) -> None:
    bench = Bench()

    assert bench.handle(record("a", body=body), record("b")) == ["m-a"]
    assert bench.doer.done == ["b"]


def test_without_time_left_nothing_more_is_begun() -> None:
    bench = Bench()

    assert bench.handle(record("a"), record("b", channel="6"), time_left=5_000) == ["m-a", "m-b"]

    assert bench.back.waits == {"m-a": 0, "m-b": 0}


def test_how_long_effects_wait_for_discord_is_measured_through_every_copy() -> None:
    # A copy is a new message to SQS, whose age of the oldest begins anew with it.
    copy, new = record("a"), record("b", channel="6")
    copy["attributes"] = {"ApproximateFirstReceiveTimestamp": f"{NOW * 1000 - 7_000:.0f}"}
    copy["messageAttributes"] = {"waiting_since": {"stringValue": f"{NOW * 1000 - 400_000:.0f}"}}
    new["attributes"] = {"ApproximateFirstReceiveTimestamp": f"{NOW * 1000 - 15_000:.0f}"}
    silent = UnavailableError(0)
    bench = Bench(FakeDoer({"a": silent, "b": silent}))

    bench.handle(copy, new)
    assert bench.meter.sums["EffectsWaitedSeconds",] == 400

    bench.doer.errors.clear()
    bench.meter.sums.clear()
    bench.handle(copy, new)
    assert bench.meter.sums == {}


def test_the_log_never_holds_what_is_said() -> None:
    bench = Bench(FakeDoer({"b": RuntimeError("?")}))

    bench.handle(record("a"), record("b"), record("c", body='{"secret words"'))

    assert "secret words" not in bench.log.stream.getvalue()
