"""/apikey create, list and revoke."""

import re
from datetime import timedelta

import pytest

from tests.unit.command_worker.desk import Desk, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, OTHER, option
from usher.ids import GuildId
from usher.referrals.keys import MOST_KEYS, OWNERS, READING, ApiKey, Scope, fits, read_key

HERE = GuildId(GUILD)


def made(there: Desk) -> tuple[ApiKey, ...]:
    return there.services.keys.of_guild(HERE)


def shown(told: str) -> tuple[str, str]:
    (text,) = re.findall(r"usher_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", told)
    parts = read_key(text)
    assert parts
    return parts


def test_a_key_is_shown_once_and_its_secret_is_not_kept() -> None:
    there = Desk()

    told = there.run("apikey create", option("name", "  The *shop* "))

    prefix, secret = shown(told.content)
    (key,) = made(there)
    assert key.prefix == prefix
    assert fits(key, secret)
    assert secret not in repr(key)
    assert key.scopes == READING
    assert key.expires_at == NOW + timedelta(days=365)
    listed = words(there.run("apikey list"))
    assert f"usher_{prefix}" in listed
    assert r"The \*shop\*" in listed
    assert secret not in listed


def test_the_same_interaction_again_makes_no_second_key_and_shows_one_that_works() -> None:
    there = Desk()
    first = shown(there.run("apikey create", option("name", "x")).content)
    there.forget_asking()

    again = shown(there.run("apikey create", option("name", "x")).content)

    (key,) = made(there)
    assert again[0] == first[0] == key.prefix
    assert fits(key, again[1])


def test_a_key_for_one_member_reaches_what_is_theirs() -> None:
    there = Desk()

    there.run("apikey create", option("name", "x"), option("owner", OTHER, 6))
    refused = there.run(
        "apikey create",
        option("name", "y"),
        option("owner", OTHER, 6),
        option("scopes", "links:read invites:read"),
    )

    (key,) = made(there)
    assert key.owner_id == OTHER
    assert key.scopes == OWNERS & READING
    assert "cannot have invites:read" in refused.content


def test_scopes_are_named() -> None:
    there = Desk()

    there.run("apikey create", option("name", "x"), option("scopes", "links:read, links:write"))
    wrong = there.run("apikey create", option("name", "y"), option("scopes", "everything"))

    assert made(there)[0].scopes == {Scope.LINKS_READ, Scope.LINKS_WRITE}
    assert "A scope is one of" in wrong.content


@pytest.mark.parametrize("whole", [True, False])
def test_a_revoked_key_is_gone_from_the_list(whole: bool) -> None:
    there = Desk()
    prefix, secret = shown(there.run("apikey create", option("name", "x")).content)
    typed = f"usher_{prefix}_{secret}" if whole else f"usher_{prefix}"

    told = there.run("apikey revoke", option("key", typed))

    assert told.content == f"`usher_{prefix}` opens nothing any more."
    assert "There is no API key." in there.run("apikey list").content
    assert not made(there)[0].live(NOW)


def test_what_is_no_key_is_told() -> None:
    told = Desk().run("apikey revoke", option("key", "nonsense"))

    assert "I know no such key" in told.content


def test_there_are_only_so_many() -> None:
    there = Desk()
    for number in range(MOST_KEYS):
        there.run("apikey create", option("name", f"key {number}"))

    told = there.run("apikey create", option("name", "one too many"))

    assert f"at most {MOST_KEYS} keys" in told.content
    assert "and 25 more" in words(there.run("apikey list"))


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("apikey create", [option("name", "x")]),
        ("apikey list", []),
        ("apikey revoke", [option("key", "x")]),
    ],
)
def test_all_of_them_need_manage_server(line: str, options: list[object]) -> None:
    there = Desk()

    told = there.run(line, *options, rights=0)

    assert told.content == f"You need Manage Server for `/{line}`."
    assert made(there) == ()
