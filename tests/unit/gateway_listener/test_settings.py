"""The environment is read at once, and every problem is named at once."""

from pathlib import Path

import pytest

from gateway_listener.errors import SettingsError
from gateway_listener.settings import Settings

COMPLETE = {
    "EVENTS_QUEUE_URL": "https://sqs/events.fifo",
    "DISCORD_API_BASE": "http://127.0.0.1:1/api/",
    "DISCORD_TOKEN_SECRET": "usher/discord-token",
    "HEALTH_PORT": "8081",
    "LOG_LEVEL": "WARN",
    "AWS_REGION": "eu-west-1",
}


def test_a_complete_environment_is_read() -> None:
    more = {"RECORD_FILE": "raw.jsonl", "TABLE_NAME": "usher", "LEASE_SECONDS": "2.5"}
    shards = {"SHARD_COUNT": "12", "MOST_SHARDS": "4"}
    settings = Settings.read({**COMPLETE, **more, **shards})
    assert settings == Settings(
        events_queue_url="https://sqs/events.fifo",
        discord_token_secret="usher/discord-token",
        health_port=8081,
        discord_api_base="http://127.0.0.1:1/api",
        log_level="WARNING",
        record_file=Path("raw.jsonl"),
        table_name="usher",
        lease_seconds=2.5,
        shard_count=12,
        most_shards=4,
    )


def test_what_is_optional_has_its_default() -> None:
    names = ("EVENTS_QUEUE_URL", "DISCORD_TOKEN_SECRET", "HEALTH_PORT", "AWS_REGION")
    settings = Settings.read({name: COMPLETE[name] for name in names})
    assert settings.discord_api_base == "https://discord.com/api/v10"
    assert settings.log_level == "INFO"
    assert settings.record_file is None
    assert settings.table_name is None
    assert settings.lease_seconds == 30
    assert (settings.shard_count, settings.most_shards) == (None, 16)


def test_missing_names_are_listed_together() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read({"LOG_LEVEL": "LOUD"})
    problems = " ".join(caught.value.problems)
    names = ("EVENTS_QUEUE_URL", "DISCORD_TOKEN_SECRET", "HEALTH_PORT", "LOG_LEVEL", "AWS_REGION")
    for name in names:
        assert name in problems


@pytest.mark.parametrize("port", ["x", "-1", "70000", "٣"])
def test_a_port_is_a_port(port: str) -> None:
    with pytest.raises(SettingsError):
        Settings.read({**COMPLETE, "HEALTH_PORT": port})


@pytest.mark.parametrize("seconds", ["x", "0", "0.5", "-3", "1e9", "nan"])
def test_a_lease_lives_for_a_second_or_more(seconds: str) -> None:
    with pytest.raises(SettingsError):
        Settings.read({**COMPLETE, "LEASE_SECONDS": seconds})


@pytest.mark.parametrize("name", ["SHARD_COUNT", "MOST_SHARDS"])
@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5", "٣"])
def test_a_number_of_shards_is_a_number(name: str, number: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.read({**COMPLETE, name: number})


def test_auto_is_what_discord_recommends() -> None:
    assert Settings.read({**COMPLETE, "SHARD_COUNT": "auto"}).shard_count is None
