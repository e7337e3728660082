"""A member has themselves erased: from their click to the last version, by the deployed roles."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.aws import environment
from infra.local.system import System
from tests.builders import by, person
from tests.e2e.answers import text_of
from tests.e2e.test_logs import press
from tests.e2e.town import watched
from tests.e2e.watching import eventually, item, joined
from usher.attribution.wording import word_of
from usher.ids import GuildId, UserId
from usher.ledger.keys import evidence_key
from usher.ledger.lines import Line, LineType, join_id
from usher.ledger.names import JoinerNames, StaffName
from usher.ledger.store import LedgerStore
from usher.moderation.model import Evidence, Status
from usher.moderation.redacting import HELD
from usher.moderation.table import DynamoCases
from usher.platform.s3 import Bucket
from usher.platform.signed_http import DYNAMODB, SignedClient

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

NAME = "host0"


def naming(system: System, guild: GuildId) -> dict[str, list[str]]:
    """Which versions of a guild's objects hold the name."""
    client, bucket = system.cloud.s3, system.ledger_bucket
    found: dict[str, list[str]] = {}
    for version in Bucket(client, bucket).versions(""):
        if f"guild={guild}/" in version.key:
            held = client.get_object(Bucket=bucket, Key=version.key, VersionId=version.id)
            if NAME.encode() in held["Body"].read():
                found.setdefault(version.key.split("/")[0], []).append(version.key)
    return found


def daily(system: System) -> None:
    answer = system.cloud.functions.invoke(
        FunctionName=system.deployment.physical_ids["LogBackupFunction"]
    )
    told = json.loads(answer["Payload"].read())
    assert "closed" in told, told


@pytest.fixture
def client(system: System) -> Iterator[SignedClient]:
    """Reads the table beside the functions."""
    with closing(SignedClient(DYNAMODB, environment(system.endpoint_url))) as made:
        yield made


async def test_who_confirms_is_erased_by_the_daily_job(
    system: System, client: SignedClient
) -> None:
    # Given a member who has brought two people, one of them on a day that is closed
    town = await watched(system, 1)
    code, inviter = next(iter(town.codes.items()))
    guild, user = GuildId(town.id), UserId(inviter)
    member = system.practice.join(town.id, code, user="guest").user_id
    await joined(system, town.id, 1)
    await eventually(lambda: item(system, town.id, f"C#{inviter}"))
    at, early = datetime.now(UTC) - timedelta(days=2), UserId("80351110224678912")
    id_ = join_id(guild, early, at)
    line = Line(LineType.JOIN, id_, at, guild, early, at, word_of(by(inviter)), seq=(1, 0))
    store = LedgerStore(Bucket(system.cloud.s3, system.ledger_bucket), lambda: at)
    store.append(line)
    store.keep(JoinerNames(line, person(early), "Town"))
    store.keep(StaffName(line, user, NAME))
    daily(system)
    assert naming(system, guild).keys() == {"names", "csv"}

    # whom a moderator has warned, by name
    await system.practice.run_command(
        town.id, town.owner, "/warn", {"user": inviter, "reason": f"{NAME} spams"}
    )
    book = DynamoCases(client, system.table_name)
    [case] = await eventually(lambda: list(book.of_member(guild, user)))
    assert case.reason == f"{NAME} spams"
    # and long ago too, with a file
    proof = Evidence("", "proof.png", "1", "image/png", evidence_key(guild, user, "1"))
    system.cloud.s3.put_object(Bucket=system.ledger_bucket, Key=proof.copy, Body=NAME.encode())
    past = replace(case, key="past", at=at - HELD, status=Status.ENDED, entries=(), until=None)
    book.open(replace(past, version=1, evidence=(proof,), reason="as others"))

    # and an export and a message that could not be read, which name them too
    for key in (f"exports/guild={guild}/1/joins.txt", f"parked/guild={guild}/1.json"):
        said = f"{user} {NAME}".encode()
        system.cloud.s3.put_object(Bucket=system.ledger_bucket, Key=key, Body=said)

    # When they look, ask, and confirm
    practice = system.practice
    seen = await practice.run_command(town.id, inviter, "/privacy view")
    handed = await practice.run_command(town.id, inviter, "/privacy export")
    asked = await practice.run_command(town.id, inviter, "/privacy delete")
    assert NAME in text_of(seen)
    assert all(one.ephemeral for one in (seen, handed, asked))
    assert "What stays" in text_of(asked)
    done = await press(system, town, asked, "Erase my names", by=inviter)

    # Then their name is shown to nobody at once, and destroyed by the daily job
    assert "within a day" in text_of(done)
    shown = await practice.run_command(town.id, inviter, "/privacy view")
    assert NAME not in text_of(shown)
    assert "1 effective" in text_of(shown)
    daily(system)
    assert naming(system, guild) == {}
    old, case = book.of_member(guild, user)
    assert case.reason == f"{user} spams"
    assert (old.reason, old.evidence) == ("", ())

    # while the record stands
    looked = await practice.run_command(
        town.id, town.owner, "/lookup_user_invite", {"user": member}
    )
    assert inviter in text_of(looked)
    assert "guest" in text_of(looked)
