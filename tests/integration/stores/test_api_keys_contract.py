"""API keys and kept answers: the fake, and both emulations; and the command line upon them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import boto3
import pytest

from infra.cli.main import main
from tests.builders import GUILD, START, at
from tests.fakes.cloud import REGION, TABLE, make_table
from tests.fakes.keys import FakeKeys
from tests.integration.stores.conftest import aws
from tests.integration.stores.test_referrals_contract import Client, Moto
from usher.ids import GuildId, UserId
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.answers import BusyError, DynamoAnswers, OtherRequestError
from usher.referrals.key_making import ApiKeys
from usher.referrals.key_table import DynamoKeys
from usher.referrals.keys import ApiKey, Scope, digest_of, fits, read_key
from usher.referrals.ports import TakenError

KEY = ApiKey(
    prefix="a" * 12,
    digest=digest_of("secret"),
    guild_id=GUILD,
    name="Shop",
    scopes=frozenset({Scope.LINKS_READ, Scope.LINKS_WRITE}),
    created_at=START,
    created_by="900",
    owner_id=UserId("901"),
    expires_at=at(60),
    made_by="discord:1",
)


class Keys(ApiKeys, Protocol):
    def find(self, prefix: str) -> ApiKey | None: ...

    def used(self, prefix: str, now: datetime) -> None: ...

    def count(self, prefix: str, window: int, ends: datetime) -> int: ...


@dataclass
class Stored:
    keys: Keys
    answers: DynamoAnswers | None = None


@pytest.fixture(params=["fake", "moto", "emulator"])
def stored(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stored]:
    if request.param == "fake":
        yield Stored(FakeKeys())
        return
    with aws(request.param, request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        client: Client = Moto(sdk) if request.param == "moto" else SignedClient(DYNAMODB)
        yield Stored(DynamoKeys(client, TABLE), DynamoAnswers(client, TABLE))
        if isinstance(client, SignedClient):
            client.close()
        sdk.close()


def test_keys_are_kept_listed_used_and_revoked(stored: Stored) -> None:
    keys = stored.keys
    assert keys.find(KEY.prefix) is None
    assert keys.of_guild(GUILD) == ()
    second = replace(KEY, prefix="b" * 12, owner_id=None, expires_at=None, created_at=at(5))
    for one in (second, KEY):
        keys.add(one)

    assert keys.find(KEY.prefix) == KEY
    assert keys.of_guild(GUILD) == (KEY, second)
    assert keys.of_guild(GuildId("1")) == ()
    keys.used(KEY.prefix, at(10))
    used = replace(KEY, last_used_at=at(10))
    assert keys.find(KEY.prefix) == used
    assert not keys.revoke(GuildId("1"), KEY.prefix, at(20))
    assert not keys.revoke(GUILD, "c" * 12, at(20))
    for minute in (20, 30):
        assert keys.revoke(GUILD, KEY.prefix, at(minute))
    assert keys.find(KEY.prefix) == replace(used, revoked_at=at(20))


def test_the_same_thing_that_makes_a_key_again_replaces_its_secret(stored: Stored) -> None:
    stored.keys.add(KEY)
    stored.keys.add(replace(KEY, digest=digest_of("other")))
    with pytest.raises(TakenError):
        stored.keys.add(replace(KEY, digest=digest_of("third"), made_by="discord:2"))

    (found,) = stored.keys.of_guild(GUILD)
    assert fits(found, "other")


def test_requests_are_counted_by_window(stored: Stored) -> None:
    stored.keys.add(KEY)

    counts = [stored.keys.count(KEY.prefix, window, at(1)) for window in (7, 7, 8, 7)]

    assert counts == [1, 2, 1, 3]
    assert stored.keys.count("b" * 12, 7, at(1)) == 1
    assert stored.keys.of_guild(GUILD) == (KEY,)


def test_work_is_claimed_kept_released_and_forgotten(stored: Stored) -> None:
    answers = stored.answers
    if answers is None:
        pytest.skip("the fake has no answers")
    first = answers.claim("n", "asked", "seed1", START)
    assert (first.seed, first.answer) == ("seed1", None)
    with pytest.raises(BusyError):
        answers.claim("n", "asked", "seed2", START)
    with pytest.raises(OtherRequestError):
        answers.claim("n", "other", "seed2", START)
    late = answers.claim("n", "asked", "seed3", START + timedelta(seconds=30))
    assert (late.seed, late.answer) == ("seed1", None)
    answers.release(late)
    again = answers.claim("n", "asked", "seed4", START + timedelta(seconds=31))
    assert again.seed == "seed1"
    answers.keep(again, {"statusCode": 201})
    kept = answers.claim("n", "asked", "seed5", START + timedelta(hours=23))
    assert kept.answer == {"statusCode": 201}
    answers.forget(kept, START + timedelta(hours=23))
    fresh = answers.claim("n", "other", "seed6", START + timedelta(hours=23))
    assert (fresh.seed, fresh.answer) == ("seed6", None)


def test_the_command_line_makes_lists_and_revokes_keys(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with aws("emulator", request, monkeypatch):
        sdk: Any = boto3.client("dynamodb", region_name=REGION)
        make_table(sdk)
        sdk.close()
        whole = ["keys", "--table", TABLE]

        assert main([*whole, "create", "Shop", "--guild", GUILD, "--scopes", "links:read"]) == 0
        written = capsys.readouterr().out.strip()
        parts = read_key(written)
        assert parts is not None
        client = SignedClient(DYNAMODB)
        (key,) = DynamoKeys(client, TABLE).of_guild(GUILD)
        client.close()
        assert fits(key, parts[1])
        assert key.scopes == {Scope.LINKS_READ}
        assert main([*whole, "list", "--guild", GUILD]) == 0
        listed = capsys.readouterr().out
        assert f"usher_{parts[0]}" in listed
        assert parts[1] not in listed
        assert main([*whole, "revoke", written, "--guild", "1"]) == 1
        assert main([*whole, "revoke", written, "--guild", GUILD]) == 0
        assert main([*whole, "list", "--guild", GUILD]) == 0
        assert "revoked" in capsys.readouterr().out
        assert main([*whole, "create", "x", "--guild", GUILD, "--scopes", "all"]) == 1
        assert "A scope is one of" in capsys.readouterr().err
        assert main([*whole, "create", "x", "--guild", "me"]) == 2
