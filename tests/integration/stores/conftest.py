"""Each store thrice: as the fake, on moto in the process, and on the emulator over the wire."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import boto3
import pytest
from moto import mock_aws

from infra.local.emulator import Emulator
from tests.fakes.cloud import BUCKET, REGION, TABLE, make_bucket, make_table, rows
from tests.fakes.fuse import Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.objects import FakeObjects
from usher.attribution.accuracy import Accuracy
from usher.attribution.accuracy_store import load_accuracy
from usher.attribution.ports import Guilds
from usher.attribution.store import DynamoGuilds
from usher.credit.queries import Tally
from usher.ids import GuildId
from usher.ledger.ports import Versioned
from usher.platform.dynamo import Actions, Transactor, bind
from usher.platform.s3 import Bucket, s3_client


@dataclass
class FusedTransactions:
    """Real transactions that break off where the fuse says."""

    inner: Transactor
    fuse: Fuse = field(default_factory=Fuse)

    def run(self, actions: Actions) -> float:
        return self.fuse.step("transaction", lambda: self.inner.run(actions))


@dataclass
class StoredGuilds:
    """A store of guilds, and ways to look into it that the service does not need."""

    guilds: Guilds
    transactions: FusedTransactions | None = None

    def burn(self, fuse: Fuse) -> None:
        """Break off at one of the next transactions."""
        if isinstance(self.guilds, FakeGuilds):
            self.guilds.fuse = fuse
        if self.transactions is not None:
            self.transactions.fuse = fuse

    def counters(self, guild_id: GuildId) -> dict[str, Tally]:
        """Counters of all time by inviter."""
        if isinstance(self.guilds, FakeGuilds):
            held = self.guilds.guilds[guild_id].counters
            return {inviter: tally for (inviter, period), tally in held.items() if period == "all"}
        found = [row for row in rows(prefix="C#") if str(row["sk"]).count("#") == 1]
        return {
            str(row["sk"]).removeprefix("C#"): Tally(
                *(int(row.get(name, 0)) for name in ("tracked", "added", "fake", "left"))
            )
            for row in found
            if row["pk"] == f"G#{guild_id}"
        }

    def accuracy(self, guild_id: GuildId, day: date) -> Accuracy:
        """Accuracy of the joins of a day."""
        if isinstance(self.guilds, FakeGuilds):
            return self.guilds.guilds[guild_id].accuracy[day]
        return load_accuracy(guild_id, day, day)[day]


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@contextmanager
def aws(where: str, request: pytest.FixtureRequest, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the SDK at an emulation that holds nothing."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_REGION", REGION),
    ):
        patch.setenv(name, value)
    boto3.DEFAULT_SESSION = None
    if where == "moto":
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        with mock_aws():
            yield
        return
    running: Emulator = request.getfixturevalue("emulator")
    running.reset()
    patch.setenv("AWS_ENDPOINT_URL", running.endpoint_url)
    yield


@contextmanager
def dynamo_guilds() -> Iterator[StoredGuilds]:
    """Make the table and a store over it."""
    client = boto3.client("dynamodb", region_name=REGION)
    make_table(client)
    client.close()
    connection = bind(TABLE, REGION)
    transactions = FusedTransactions(Transactor(connection))
    yield StoredGuilds(DynamoGuilds(transactions, lambda: datetime.now(UTC)), transactions)
    connection.client.close()


@pytest.fixture(params=["fake", "moto", "emulator"])
def stored(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StoredGuilds]:
    if request.param == "fake":
        yield StoredGuilds(FakeGuilds())
        return
    with aws(request.param, request, monkeypatch), dynamo_guilds() as made:
        yield made


@pytest.fixture(params=["moto", "emulator"])
def table(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StoredGuilds]:
    """The store on a table alone."""
    with aws(request.param, request, monkeypatch), dynamo_guilds() as made:
        yield made


@pytest.fixture
def emulated(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StoredGuilds]:
    """The store on the emulator alone: moto is slow with many rows and wrong under threads."""
    with aws("emulator", request, monkeypatch), dynamo_guilds() as made:
        yield made


@pytest.fixture(params=["fake", "moto", "emulator"])
def objects(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Versioned]:
    if request.param == "fake":
        yield FakeObjects()
        return
    with bucket_on(request.param, request, monkeypatch) as made:
        yield made


@pytest.fixture(params=["moto", "emulator"])
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A real bucket, for what only S3 does."""
    with bucket_on(request.param, request, monkeypatch) as made:
        yield made


@contextmanager
def bucket_on(
    cloud: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bucket]:
    with aws(cloud, request, monkeypatch):
        client = s3_client(REGION)
        make_bucket(client)
        yield Bucket(client, BUCKET)
        client.close()
