"""Which Discord a set of arguments and variables means."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra.local.bot import REAL_API, Bot, SettingError, choose, from_environment

KEY = "0123456789abcdef" * 4
APPLICATION = "123456789012345678"


class _Discord(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers["Authorization"] == "Bot good"
        body = json.dumps({"id": APPLICATION} if known else {"message": "401"}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path == "/api/v10/applications/@me":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def api_base() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Discord)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v10"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("asked", "environment", "chosen"),
    [
        (None, {}, "practice"),
        (None, {"DISCORD_BOT_TOKEN": ""}, "practice"),
        (None, {"DISCORD_BOT_TOKEN": "t"}, REAL_API),
        (None, {"DISCORD_BOT_TOKEN": "t", "DISCORD_API_BASE": "http://d/api/"}, "http://d/api"),
        ("practice", {"DISCORD_BOT_TOKEN": "t"}, "practice"),
        ("none", {}, "none"),
        ("http://127.0.0.1:9999/api/v10/", {}, "http://127.0.0.1:9999/api/v10"),
    ],
)
def test_the_choice(asked: str | None, environment: dict[str, str], chosen: str) -> None:
    assert choose(asked, environment) == chosen


@pytest.mark.parametrize("asked", ["discord.com", "ftp://discord.com", "Practice", ""])
def test_a_choice_that_is_none_is_refused(asked: str) -> None:
    with pytest.raises(SettingError, match="practice, none or an API base"):
        choose(asked, {})


def test_without_discord_only_the_public_key_is_needed() -> None:
    bot = from_environment("none", {"DISCORD_PUBLIC_KEY": KEY})

    assert (bot.public_key, bot.token, bot.api_base) == (KEY, "", REAL_API)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({}, "needs DISCORD_PUBLIC_KEY"),
        ({"DISCORD_PUBLIC_KEY": KEY[1:]}, "64 hexadecimal characters"),
        ({"DISCORD_PUBLIC_KEY": "g" * 64}, "64 hexadecimal characters"),
        ({"DISCORD_PUBLIC_KEY": KEY, "DISCORD_APPLICATION_ID": "me"}, "17 to 20 digits"),
    ],
)
def test_wrong_settings_are_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        from_environment("none", environment)


def test_a_real_discord_needs_a_token() -> None:
    with pytest.raises(SettingError, match="needs DISCORD_BOT_TOKEN"):
        from_environment("http://d/api", {"DISCORD_PUBLIC_KEY": KEY})


def test_the_application_is_asked_for_when_not_named(api_base: str) -> None:
    bot = from_environment(api_base, {"DISCORD_PUBLIC_KEY": KEY, "DISCORD_BOT_TOKEN": "good"})

    assert bot.application_id == APPLICATION


def test_a_token_discord_does_not_know_is_reported_without_showing_it(api_base: str) -> None:
    with pytest.raises(SettingError, match="set DISCORD_APPLICATION_ID") as failure:
        from_environment(api_base, {"DISCORD_PUBLIC_KEY": KEY, "DISCORD_BOT_TOKEN": "stolen"})

    assert "stolen" not in str(failure.value)


def test_the_token_is_not_shown() -> None:
    assert "hidden" not in repr(Bot(KEY, APPLICATION, "hidden", REAL_API))
