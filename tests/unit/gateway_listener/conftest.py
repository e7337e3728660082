"""Payloads as Discord sends them, for the listener's unit tests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

type Payload = dict[str, object]


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def after() -> Callable[[float], datetime]:
    return lambda seconds: NOON + timedelta(seconds=seconds)


@pytest.fixture
def member_add() -> Callable[..., Payload]:
    def make(user_id: int = 5, *, bot: bool = False) -> Payload:
        return {
            "guild_id": "100",
            "user": {
                "id": str(user_id),
                "username": f"user{user_id}",
                "global_name": None,
                "discriminator": "0",
                "avatar": None,
                "bot": bot,
            },
            "nick": None,
            "roles": [],
            "joined_at": "2026-11-20T11:59:59.500000+00:00",
            "pending": True,
            "flags": 1,
        }

    return make


@pytest.fixture
def listed() -> Callable[..., Payload]:
    def make(code: str = "abc", uses: int | None = 0, **other: object) -> Payload:
        invite: Payload = {
            "type": 0,
            "code": code,
            "guild": {"id": "100"},
            "guild_id": "100",
            "channel": {"id": "200", "name": "general", "type": 0},
            "inviter": {"id": "300", "username": "inviter", "discriminator": "0", "avatar": None},
            "max_uses": 0,
            "max_age": 0,
            "temporary": False,
            "created_at": "2026-11-19T12:00:00+00:00",
            "expires_at": None,
        }
        if uses is not None:
            invite["uses"] = uses
        return invite | other

    return make
