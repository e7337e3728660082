"""Template, Makefile, folders, image and the local run name the same things."""

from __future__ import annotations

import re

from gateway_listener.settings import Settings
from infra.local.host import ROOT
from infra.local.settings import listener_settings
from tests.packaging.templates import FUNCTIONS, LISTENER, ROOMS, TEMPLATE, of_type

_TARGET = re.compile(r"^build-(\w+):\n\t\$\(call build,(\w+)\)$", re.MULTILINE)
_PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)


def _makefile() -> str:
    return (ROOT / "functions" / "Makefile").read_text()


def _container_environment() -> set[str]:
    (task,) = of_type(LISTENER, "AWS::ECS::TaskDefinition").values()
    return {entry["Name"] for entry in task["ContainerDefinitions"][0]["Environment"]}


def test_every_function_has_its_folder_and_its_target() -> None:
    handlers = {name: f["Handler"].split(".")[0] for name, f in FUNCTIONS.items()}

    assert handlers == ROOMS
    assert dict(_TARGET.findall(_makefile())) == ROOMS
    assert all((ROOT / "functions" / room / "app.py").is_file() for room in ROOMS.values())


def test_every_function_is_built_by_make_from_the_same_folder() -> None:
    assert TEMPLATE["Globals"]["Function"]["CodeUri"] == "functions/"
    for name in FUNCTIONS:
        assert TEMPLATE["Resources"][name]["Metadata"]["BuildMethod"] == "makefile"


def test_every_room_exports_its_requirements() -> None:
    (rooms,) = re.findall(r"^ROOMS := (.+)$", _makefile(), re.MULTILINE)

    assert rooms.split() == list(ROOMS.values())


def test_the_runtime_is_the_version_the_bytecode_is_made_for() -> None:
    assert TEMPLATE["Globals"]["Function"]["Runtime"] == "python3.13"
    assert "sys.version_info[:2] == (3, 13)" in _makefile()
    assert "--python-version 3.13" in _makefile()


def test_the_image_holds_the_listener_and_the_shared_package_only() -> None:
    dockerfile = (ROOT / "gateway_listener" / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(\S+) ", dockerfile, re.MULTILINE)

    assert copied == ["gateway_listener/requirements.txt", "functions/usher", "gateway_listener"]
    assert all((ROOT / source).exists() for source in copied)
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"python:3.13-slim"}
    assert re.search(r"^USER 10001$", dockerfile, re.MULTILINE)
    assert "--invalidation-mode unchecked-hash" in dockerfile


def test_the_listeners_variables_are_the_same_on_aws_and_on_this_machine() -> None:
    local = listener_settings("q", "t", "http://d", None)

    assert local.keys() == _container_environment()
    # Fargate and the local cloud set the Region themselves.
    assert Settings.read(local | {"AWS_REGION": "eu-west-1"}).events_queue_url == "q"


def test_every_pin_is_a_wheel_and_the_front_has_no_sdk() -> None:
    pins = {
        room: dict(_PIN.findall((ROOT / "functions" / room / "requirements.txt").read_text()))
        for room in ROOMS.values()
    }

    assert all(pins.values())
    assert (
        not {"boto3", "botocore", "pynamodb", "pydantic", "requests"} & pins["interactions"].keys()
    )
