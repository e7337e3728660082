"""The emulator's life: kept state, a kill, an orphan, and what it lets its functions see."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from infra.local.aws import Cloud
from infra.local.deploy import Deployment, deploy, plan
from infra.local.emulator import Emulator, EmulatorError
from infra.local.host import ROOT
from infra.local.settings import TEMPLATE
from tests.local.stacks import PARAMETERS, ROOMS, wait_for

_KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


def _deploy(emulator: Emulator, functions: Path) -> tuple[Cloud, Deployment]:
    cloud = Cloud(emulator.endpoint_url)
    return cloud, deploy(cloud, plan(TEMPLATE, functions, PARAMETERS))


def _dead_letters(cloud: Cloud, queue: str) -> str:
    attributes = cloud.sqs.get_queue_attributes(
        QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return attributes["Attributes"]["ApproximateNumberOfMessages"]


def test_a_clean_stop_keeps_everything_even_on_another_port(
    tmp_path: Path, probe_functions: Path
) -> None:
    with Emulator(tmp_path / "cloud") as first:
        cloud, before = _deploy(first, probe_functions)
        table, queue = before.outputs["TableName"], before.outputs["EffectsDeadLetterQueueUrl"]
        cloud.dynamodb.put_item(TableName=table, Item=_KEY)
        cloud.s3.put_object(Bucket=before.outputs["LedgerBucketName"], Key="line", Body=b"{}")
        cloud.sqs.send_message(QueueUrl=queue, MessageBody="kept")

    with Emulator(tmp_path / "cloud") as second:
        assert second.port != first.port
        cloud, after = _deploy(second, probe_functions)
        assert after.physical_ids == before.physical_ids
        assert cloud.dynamodb.get_item(TableName=table, Key=_KEY)["Item"] == _KEY
        held = cloud.s3.list_objects_v2(Bucket=after.outputs["LedgerBucketName"])
        assert [item["Key"] for item in held["Contents"]] == ["line"]
        assert _dead_letters(cloud, after.outputs["EffectsDeadLetterQueueUrl"]) == "1"


def test_a_kill_loses_nothing_that_was_saved(tmp_path: Path, probe_functions: Path) -> None:
    emulator = Emulator(tmp_path / "cloud", autosave_seconds=0.2).start()
    cloud, deployment = _deploy(emulator, probe_functions)
    table = deployment.outputs["TableName"]
    cloud.dynamodb.put_item(TableName=table, Item=_KEY)
    saved = tmp_path / "cloud" / "services" / "dynamodb.json"
    wait_for(lambda: saved.exists() and '"b"' in saved.read_text())

    emulator.kill()

    with Emulator(tmp_path / "cloud") as again:
        cloud = Cloud(again.endpoint_url)
        assert cloud.dynamodb.get_item(TableName=table, Key=_KEY)["Item"] == _KEY


def test_it_saves_and_exits_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from infra.local.aws import Cloud; from infra.local.emulator import Emulator\n"
        "e = Emulator(Path(sys.argv[1]), autosave_seconds=0).start()\n"
        "Cloud(e.endpoint_url).s3.create_bucket(Bucket='left-behind')\n"
        "print(e.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", code, str(tmp_path / "cloud")],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())

    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    wait_for(lambda: not Path(f"/proc/{pid}").exists() or _is_zombie(pid))
    with Emulator(tmp_path / "cloud") as again:
        buckets = Cloud(again.endpoint_url).s3.list_buckets()["Buckets"]
        assert [bucket["Name"] for bucket in buckets] == ["left-behind"]


def _is_zombie(pid: int) -> bool:
    # Where nothing reaps orphans, a dead process stays listed.
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_it_listens_on_the_loopback_address_only(tmp_path: Path) -> None:
    with Emulator(tmp_path / "cloud") as emulator, socket.socket() as other:
        # Another loopback address answers only if the emulator took every address.
        assert other.connect_ex(("127.0.0.2", emulator.port)) != 0


def test_a_change_of_the_sources_reaches_the_function(
    tmp_path: Path, probe_functions: Path
) -> None:
    functions = tmp_path / "functions"
    for room in ("usher", *ROOMS):
        (functions / room).mkdir(parents=True)
        for file in (probe_functions / room).glob("*.py"):
            (functions / room / file.name).write_text(file.read_text())

    def ask(cloud: Cloud, deployment: Deployment) -> bytes:
        name = deployment.physical_ids["EffectsFunction"]
        return cloud.functions.invoke(FunctionName=name, Payload=b'{"calls": []}')["Payload"].read()

    with Emulator() as emulator:
        assert ask(*_deploy(emulator, functions)) == b"[]"
        (functions / "effects" / "app.py").write_text("def handler(e, c): return 'new'\n")
        assert ask(*_deploy(emulator, functions)) == b'"new"'


def test_a_reset_empties_it() -> None:
    with Emulator() as emulator:
        s3 = Cloud(emulator.endpoint_url).s3
        s3.create_bucket(Bucket="short-lived")
        emulator.reset()
        assert s3.list_buckets()["Buckets"] == []


def test_a_taken_port_is_passed_over(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wish = taken.getsockname()[1]
        with Emulator(tmp_path / "cloud", port=wish) as emulator:
            assert emulator.port != wish


def test_the_port_it_had_is_taken_again(tmp_path: Path) -> None:
    with Emulator(tmp_path / "cloud") as first:
        pass
    with Emulator(tmp_path / "cloud", port=first.port) as second:
        assert second.port == first.port


def test_one_that_cannot_start_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    emulator = Emulator(tmp_path / "cloud")
    with pytest.raises(EmulatorError, match="did not start"):
        emulator.start()
    assert emulator.pid is None


def test_what_it_does_not_hold_is_an_ordinary_error() -> None:
    with Emulator() as emulator, pytest.raises(ClientError, match="NoSuchBucket"):
        Cloud(emulator.endpoint_url).s3.list_objects_v2(Bucket="nowhere")
