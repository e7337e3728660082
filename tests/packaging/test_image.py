"""What the listener's Dockerfile does, done without docker: whole, and for both architectures."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.host import ROOT, architecture
from tests.building import tool
from tests.packaging.templates import LISTENER, of_type

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(300)]

DOCKERFILE = (ROOT / "gateway_listener" / "Dockerfile").read_text()
PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}


def _wheels(target: Path, platform: str) -> None:
    subprocess.run(  # noqa: S603 - uv alone, as the image's pip
        [
            tool("uv", "UV"), "pip", "install", "--quiet", "--no-deps", "--require-hashes",
            "--only-binary", ":all:", "--link-mode", "copy", "--python", sys.executable,
            "--python-version", "3.13", "--python-platform", platform, "--target", str(target),
            "--requirement", str(ROOT / "gateway_listener" / "requirements.txt"),
        ],
        check=True,
    )  # fmt: skip


@pytest.mark.parametrize("wanted", PLATFORMS)
def test_every_requirement_has_a_wheel_for_the_architecture(wanted: str, tmp_path: Path) -> None:
    _wheels(tmp_path, PLATFORMS[wanted])

    assert (tmp_path / "discord").is_dir()


def test_the_listener_starts_with_nothing_but_what_the_image_holds(tmp_path: Path) -> None:
    app = tmp_path / "app"
    _wheels(app / "wheels", PLATFORMS[architecture()])
    for source in ("functions/usher", "gateway_listener"):
        skipped = shutil.ignore_patterns("__pycache__", "Dockerfile*")
        shutil.copytree(ROOT / source, app / Path(source).name, ignore=skipped)
    [python_path] = re.findall(r"PYTHONPATH=(\S+)", DOCKERFILE)
    [command] = re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)
    program, *arguments = json.loads(command)

    # -S: the packages of this environment stay out.
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-S", *arguments],
        env={"PYTHONPATH": python_path.replace("/app", str(app)), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=app,
        capture_output=True,
        text=True,
        check=False,
    )

    assert program == "python"
    assert done.returncode == 2
    assert "The environment is not complete" in done.stdout + done.stderr


def test_the_task_and_the_image_ask_for_health_alike() -> None:
    [asked] = re.findall(r"^HEALTHCHECK .*\\\n\s+CMD (.+)$", DOCKERFILE, re.MULTILINE)
    (task,) = of_type(LISTENER, "AWS::ECS::TaskDefinition").values()
    check = task["ContainerDefinitions"][0]["HealthCheck"]

    assert check["Command"] == ["CMD", *json.loads(asked)]
    [interval, timeout] = re.findall(r"--interval=(\d+)s --timeout=(\d+)s", DOCKERFILE)[0]
    assert (check["Interval"], check["Timeout"]) == (int(interval), int(timeout))


def test_it_runs_as_nobody_in_particular_and_stops_when_told() -> None:
    assert re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE) == ["10001"]
    assert re.findall(r"^STOPSIGNAL (\w+)$", DOCKERFILE, re.MULTILINE) == ["SIGTERM"]
    assert DOCKERFILE.index("\nUSER ") > DOCKERFILE.rindex("\nCOPY ")
