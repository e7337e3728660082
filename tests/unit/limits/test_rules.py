"""What a call counts against, and what answers say."""

from datetime import UTC, datetime

import pytest

from usher.limits.rules import UNTOLD_SECONDS, Lane, lane_of, read_answer

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "path", "route", "major"),
    [
        ("POST", "/channels/1/messages", "POST /channels/{}/messages", "channels/1"),
        ("GET", "/channels/1/messages?limit=5", "GET /channels/{}/messages", "channels/1"),
        ("PATCH", "/channels/1/messages/2", "PATCH /channels/{}/messages/{}", "channels/1"),
        ("PUT", "/guilds/1/members/2/roles/3", "PUT /guilds/{}/members/{}/roles/{}", "guilds/1"),
        ("GET", "/guilds/1/members/@me", "GET /guilds/{}/members/@me", "guilds/1"),
        ("POST", "/guilds/1/bulk-ban", "POST /guilds/{}/bulk-ban", "guilds/1"),
        ("DELETE", "/invites/abc-DEF", "DELETE /invites/{}", ""),
        ("GET", "/invites/123", "GET /invites/{}", ""),
        (
            "GET",
            "/invites/x/target-users/job-status",
            "GET /invites/{}/target-users/job-status",
            "",
        ),
        ("GET", "/users/@me", "GET /users/@me", ""),
        ("POST", "/users/@me/channels", "POST /users/@me/channels", ""),
        ("POST", "/webhooks/1/secret", "POST /webhooks/{}/{}", "webhooks/1/secret"),
        (
            *("PUT", "/channels/1/messages/2/reactions/x%3A3/@me"),
            *("PUT /channels/{}/messages/{}/reactions/{}/@me", "channels/1"),
        ),
    ],
)
def test_a_call_counts_against_route_and_resource(
    method: str, path: str, route: str, major: str
) -> None:
    assert lane_of(method, path) == Lane(route, major)


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"Retry-After": "65"}, {"retry_after": 64.57}, 64.57),
        ({"Retry-After": "65"}, {}, 65),
        ({"Retry-After": "0.25"}, {}, 0.25),
        ({}, {"retry_after": 3}, 3),
        ({"Retry-After": "7"}, {"retry_after": "soon"}, 7),
        ({"Retry-After": "7"}, {"retry_after": -1}, 7),
        ({"Retry-After": "7"}, {"retry_after": float("nan")}, 7),
        ({"Retry-After": "inf", "X-RateLimit-Reset-After": "2.5"}, {"global": False}, 2.5),
        ({"Retry-After": "Sun, 29 Nov 2026 12:02:00 GMT"}, {"global": False}, 120),
        ({"Retry-After": "tomorrow"}, {"global": False}, UNTOLD_SECONDS),
        ({}, {"message": "slow down"}, UNTOLD_SECONDS),
    ],
)
def test_how_long_to_wait_is_read_wherever_it_stands(
    headers: dict[str, str], body: dict[str, object], wait: float
) -> None:
    answer = read_answer(429, headers, body or {"message": "limited"}, NOW)

    assert answer.wait == wait
    assert not answer.banned


@pytest.mark.parametrize(
    ("status", "body", "banned"),
    [
        (429, None, True),
        (403, None, True),
        (403, {"code": 50013}, False),
        (401, None, False),
        (404, None, False),
        (502, None, False),
        (200, None, False),
    ],
)
def test_a_refusal_that_is_no_json_is_cloudflares(status: int, body: object, banned: bool) -> None:
    assert read_answer(status, {}, body).banned is banned


def test_a_shared_limit_is_nobodys_fault() -> None:
    shared = read_answer(429, {"X-RateLimit-Scope": "shared"}, {"retry_after": 1337})

    assert (shared.shared, shared.invalid) == (True, False)
    assert read_answer(429, {"X-RateLimit-Scope": "user"}, {"retry_after": 1}).invalid
    assert read_answer(403, {}, {"code": 50013}).invalid


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"X-RateLimit-Global": "true"}, {"retry_after": 1}),
        ({"X-RateLimit-Scope": "global"}, {"retry_after": 1}),
        ({}, {"retry_after": 1, "global": True}),
    ],
)
def test_a_limit_of_the_whole_bot_is_known(headers: dict[str, str], body: object) -> None:
    assert read_answer(429, headers, body).everywhere
