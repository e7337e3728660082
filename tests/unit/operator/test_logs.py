"""What is read of functions' logs."""

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.doctor.logs import about, newest_error
from infra.doctor.place import Place
from tests.builders import START as NOW
from tests.fakes.stubbed_place import StubbedPlace, asked


def test_errors_are_counted_and_the_newest_is_told_without_more(place: StubbedPlace) -> None:
    lines = [
        '{"level":"ERROR","message":"no","exception_name":"KeyError","message_id":"m"}',
        "2026-11-29T10:00:00Z 1-2 "
        '{"level":"ERROR","message":"it failed","exception_name":"AwsError","exception":"trace"}',
        '{"level":"INFO","message":"fine"}',
        "END RequestId",
    ]
    events = [{"message": line} for line in lines]
    place.answers(
        "logs",
        ("filter_log_events", {"events": events[:1], "nextToken": "more"}),
        ("filter_log_events", {"events": events[1:]}),
        ("filter_log_events", {"events": events[:1]}),
    )

    assert newest_error(asked(place), "/usher/prod/x", NOW) == (2, "AwsError: it failed")
    assert about(asked(place), "/usher/prod/x", NOW, "m") == "KeyError: no"


def test_a_log_that_tells_little_at_a_time_is_read_to_its_end(place: StubbedPlace) -> None:
    line = '{"level":"ERROR","message":"no","exception_name":"KeyError"}'
    place.answers(
        "logs",
        *[("filter_log_events", {"events": [], "nextToken": f"{n}"}) for n in range(20)],
        ("filter_log_events", {"events": [{"message": line}]}),
    )

    assert newest_error(asked(place), "/usher/prod/x", NOW) == (1, "KeyError: no")


def test_a_log_that_may_not_be_read_is_no_log_without_errors(place: StubbedPlace) -> None:
    place.answers("logs")
    place.stubs[0].add_client_error("filter_log_events", "AccessDeniedException")
    place.stubs[0].add_client_error("filter_log_events", "AccessDeniedException")
    place.stubs[0].add_client_error("filter_log_events", "ResourceNotFoundException")

    with pytest.raises(ClientError):
        newest_error(asked(place), "/usher/prod/x", NOW)

    # What else is told goes on without the log; one that nothing was written to is empty
    assert about(asked(place), "/usher/prod/x", NOW, "m") == ""
    assert newest_error(asked(place), "/usher/prod/x", NOW) == (0, "")


def test_logs_are_asked_again_where_they_are_asked_too_often() -> None:
    session = boto3.Session("x", "x", region_name="eu-central-1")
    asked_of = Place("usher-prod", session)

    attempts = asked_of.client("logs").meta.config.retries["total_max_attempts"]

    assert attempts >= 8
    assert asked_of.client("sqs").meta.config.retries["total_max_attempts"] < attempts
