"""`usher deploy` with the real make, uv and SAM, against an embedded cloud and a practice Discord.

The cloud has no images, so the listener is left out; and it has no way in for Discord, which
therefore refuses the endpoint: that is one of the stops that a deployment goes on from.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass

import boto3
import pytest

from infra.cli.main import main
from infra.local.aws import REGION, Cloud, environment
from infra.local.emulator import Emulator
from infra.local.host import ROOT, architecture
from infra.practice import GatewayTerms, Practice, PracticeServer
from infra.practice.interactions.endpoint import EndpointCheck

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(600)]

TOKEN_NAME = "usher/prod/discord-token"


@dataclass
class Discord:
    practice: Practice
    api_base: str

    def endpoint(self) -> str | None:
        return self.practice.interactions_endpoint


@pytest.fixture
def discord() -> Iterator[Discord]:
    """A practice Discord in a thread of its own, since the command blocks."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def wait(coroutine: Coroutine[object, object, object]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, loop).result(30)

    practice = Practice(gateway=GatewayTerms(identify_window=0))
    server = PracticeServer(practice)
    wait(server.__aenter__())
    try:
        yield Discord(practice, server.api_base)
    finally:
        wait(server.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with Emulator() as emulator:
        for name, value in environment(emulator.endpoint_url).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        boto3.DEFAULT_SESSION = None
        yield Cloud(emulator.endpoint_url)
    boto3.DEFAULT_SESSION = None


def test_it_is_deployed_goes_on_where_it_stopped_and_is_taken_down_again(
    cloud: Cloud,
    discord: Discord,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert (ROOT / ".venv-sam" / "bin" / "sam").exists(), "run: make template"
    arguments = [
        *("deploy", "--region", REGION, "--yes", "--no-listener"),
        *("--architecture", architecture(), "--set", f"DiscordApiBase={discord.api_base}"),
        *("--set", 'OperatorName=The "Example" Club, of all places'),
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{discord.practice.bot_token}\n"))
    monkeypatch.setattr("infra.deploying.changes.POLL_SECONDS", 0.1)
    monkeypatch.setattr("infra.deploying.discord.PAUSE", 0.0)

    # When it is deployed the first time
    assert main(arguments) == 1

    # Then everything is there, and Discord alone has said no
    told = capfd.readouterr()
    assert "Discord did not accept https://" in told.err
    assert discord.practice.bot_token not in told.out + told.err
    held = cloud.secrets.get_secret_value(SecretId=TOKEN_NAME)
    assert held["SecretString"] == discord.practice.bot_token
    [stack] = cloud.cloudformation.describe_stacks(StackName="usher-prod")["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert parameters["OperatorName"] == 'The "Example" Club, of all places'
    assert parameters["DiscordPublicKey"] == discord.practice.public_key_hex
    assert parameters["DiscordApplicationId"] == discord.practice.application_id
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}

    # When the same is run again and Discord finds the endpoint well
    async def well(_url: str) -> EndpointCheck:
        return EndpointCheck(())

    monkeypatch.setattr(discord.practice.core.endpoint, "verify", well)
    # What was built a moment ago is there.
    monkeypatch.setattr("infra.deploying.sam.build", lambda *_: None)
    assert main(arguments[:-4]) == 0

    # Then what was chosen stands, and Discord knows where to send interactions
    told = capfd.readouterr()
    assert discord.endpoint() == outputs["InteractionsEndpoint"]
    assert "commands are up to date" in told.out
    assert f"client_id={discord.practice.application_id}" in told.out.splitlines()[-1]

    # When it is taken down
    assert main(["destroy", "--region", REGION, "--yes"]) == 0

    # Then the ledger and the table are there, and Discord asks nobody
    assert discord.endpoint() is None
    assert outputs["TableName"] in cloud.dynamodb.list_tables()["TableNames"]
    assert outputs["LedgerBucketName"] in [b["Name"] for b in cloud.s3.list_buckets()["Buckets"]]
    assert f"--adopt-table {outputs['TableName']}" in capfd.readouterr().out
