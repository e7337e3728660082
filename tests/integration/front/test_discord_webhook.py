"""The edit of a deferred reply: what is sent, when it is tried again, and when it is given up."""

import json
import socket
from email.parser import BytesParser
from email.policy import HTTP
from typing import cast

import pytest

from tests.integration.front.stub import Asked, Told, pauses, serving
from usher.platform.discord_webhook import (
    DiscordWebhook,
    WebhookError,
    WebhookGoneError,
    WebhookRefusedError,
    WebhookUnavailableError,
)
from usher.slash.replies import File, Reply

UNKNOWN_WEBHOOK = Told(404, {"message": "Unknown Webhook", "code": 10015})
INVALID_TOKEN = Told(401, {"message": "Invalid Webhook Token", "code": 50027})
INVALID_FORM = Told(400, {"message": "Invalid Form Body", "code": 50035})


def edit(*answers: Told, reply: Reply | None = None) -> tuple[list[Asked], list[float], object]:
    """Edit against a stub; return what was asked, what was slept, and the error or None."""
    slept, sleep = pauses()
    with serving(*answers) as stub:
        webhook = DiscordWebhook(f"{stub.url}/api/v10/", "42", sleep=sleep)
        try:
            webhook.edit_original("tok/en", reply or Reply("done"))
        except WebhookError as error:
            return stub.asked, slept, error
    return stub.asked, slept, None


def test_a_reply_without_files_is_sent_as_json() -> None:
    [asked], _, error = edit(Told())

    assert error is None
    assert (asked.method, asked.path) == (
        "PATCH",
        "/api/v10/webhooks/42/tok%2Fen/messages/@original",
    )
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["User-Agent"].startswith("DiscordBot (")
    assert "Authorization" not in asked.headers
    assert json.loads(asked.body)["content"] == "done"
    assert "flags" not in json.loads(asked.body)


def test_a_reply_with_a_file_is_sent_as_multipart() -> None:
    content = b"\xef\xbb\xbfTimestamp\r\n--usher\r\n\x00"
    file = File('invite "logs".csv', content, "text/csv")

    [asked], _, _ = edit(Told(), reply=Reply("1 line", files=(file,)))

    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + asked.body)
    payload, attached = message.iter_parts()
    assert payload.get_param("name", header="content-disposition") == "payload_json"
    assert json.loads(cast("bytes", payload.get_payload(decode=True)))["attachments"] == [
        {"id": "0", "filename": 'invite "logs".csv'}
    ]
    assert attached.get_param("name", header="content-disposition") == "files[0]"
    assert attached.get_filename() == "invite 'logs'.csv"
    assert attached.get_content_type() == "text/csv"
    assert attached.get_payload(decode=True) == content


def test_a_deferral_that_discord_does_not_know_yet_is_waited_for() -> None:
    asked, slept, error = edit(UNKNOWN_WEBHOOK, UNKNOWN_WEBHOOK, UNKNOWN_WEBHOOK, Told())

    assert error is None
    assert slept == [0.25, 0.5, 1.0]
    assert len({one.body for one in asked}) == 1


def test_an_unknown_webhook_is_given_up_after_three_pauses() -> None:
    asked, _, error = edit(UNKNOWN_WEBHOOK)

    assert isinstance(error, WebhookGoneError)
    assert (error.status, error.code) == (404, 10015)
    assert len(asked) == 4


def test_an_expired_token_is_given_up_at_once() -> None:
    asked, _, error = edit(INVALID_TOKEN)

    assert isinstance(error, WebhookGoneError)
    assert len(asked) == 1


def test_refused_content_is_not_sent_again() -> None:
    asked, _, error = edit(INVALID_FORM)

    assert isinstance(error, WebhookRefusedError)
    assert (error.status, error.code) == (400, 50035)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("limited", "seconds"),
    [
        (Told(429, {"retry_after": 1.5, "global": False}), 1.5),
        (Told(429, b"", {"Retry-After": "2"}), 2.0),
        (Told(429, b"slow down"), 1.0),
        (Told(429, {"retry_after": -1}), 1.0),
        (Told(429, {"retry_after": 0}), 0.1),
        (Told(429, {"retry_after": float("nan")}), 1.0),
        (Told(429, {"retry_after": "soon"}, {"Retry-After": "x"}), 1.0),
    ],
)
def test_a_limit_is_waited_out_for_as_long_as_discord_says(limited: Told, seconds: float) -> None:
    _, slept, error = edit(limited, Told())

    assert error is None
    assert slept == [seconds]


@pytest.mark.parametrize("retry_after", [60, float("inf")])
def test_a_long_limit_is_left_to_the_queue(retry_after: float) -> None:
    _, slept, error = edit(Told(429, {"retry_after": retry_after}))

    assert isinstance(error, WebhookUnavailableError)
    assert slept == []


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("page", [b"<html>error code: 1015</html>", b"error code: 1015\n"])
def test_a_page_of_cloudflares_is_left_to_the_queue_at_once(status: int, page: bytes) -> None:
    asked, slept, error = edit(Told(status, page))

    assert isinstance(error, WebhookUnavailableError)
    assert (len(asked), slept) == (1, [])


def test_limits_are_waited_out_twelve_seconds_in_all() -> None:
    _, slept, error = edit(Told(429, {"retry_after": 5}))

    assert isinstance(error, WebhookUnavailableError)
    assert slept == [5, 5]


def test_endless_limits_are_left_to_the_queue() -> None:
    asked, _, error = edit(Told(429, {"retry_after": 0}))

    assert isinstance(error, WebhookUnavailableError)
    assert len(asked) == 6


@pytest.mark.parametrize("failure", [Told(500), Told(503, b"busy"), Told(drop=True)])
def test_an_outage_is_tried_again_with_growing_pauses(failure: Told) -> None:
    _, slept, error = edit(failure, failure, failure, Told())

    assert error is None
    assert slept == [0.5, 1.0, 2.0]


def test_a_lasting_outage_is_left_to_the_queue() -> None:
    asked, _, error = edit(Told(502))

    assert isinstance(error, WebhookUnavailableError)
    assert len(asked) == 4


def test_a_discord_out_of_reach_is_left_to_the_queue() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    webhook = DiscordWebhook(f"http://127.0.0.1:{port}/api/v10", "42", sleep=pauses()[1])

    with pytest.raises(WebhookUnavailableError) as caught:
        webhook.edit_original("token", Reply("done"))
    assert caught.value.status == 0
    assert "token" not in str(caught.value)
