"""A release has another name whenever its function could differ, and the same one otherwise."""

from pathlib import Path

import pytest

from infra.deploying.deployment import deploy
from infra.deploying.release import BUILT, release
from tests.fakes.deploying import Place, wish

ON = {"InteractionsSnapStart": "true", "DiscordPublicKey": "ab"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "template.yaml").write_text("Resources: {}")
    (tmp_path / BUILT / "usher").mkdir(parents=True)
    (tmp_path / BUILT / "usher" / "a.py").write_text("1")
    return tmp_path


@pytest.fixture
def place() -> Place:
    return Place()


def _sam(place: Place) -> str:
    [line] = [one for one in place.machine.ran if " deploy " in one]
    return line


def test_it_is_the_same_as_long_as_nothing_differs(checkout: Path) -> None:
    first = release(checkout, ON)

    assert first["Release"]
    assert release(checkout, {**ON, **first}) == first


def test_code_settings_and_template_each_make_a_new_one(checkout: Path) -> None:
    names = [
        release(checkout, ON)["Release"],
        release(checkout, {**ON, "LogLevel": "DEBUG"})["Release"],
    ]
    (checkout / BUILT / "usher" / "a.py").write_text("2")
    names.append(release(checkout, ON)["Release"])
    (checkout / BUILT / "usher" / "a.py").rename(checkout / BUILT / "usher" / "b.py")
    names.append(release(checkout, ON)["Release"])
    (checkout / "template.yaml").write_text("Resources: {A: {}}")
    names.append(release(checkout, ON)["Release"])

    assert len(set(names)) == 5


def test_without_snapshots_there_is_no_name(checkout: Path) -> None:
    assert release(checkout, {**ON, "InteractionsSnapStart": "false"}) == {}
    assert release(checkout, {}) == {}


def test_a_deployment_with_snapshots_passes_it(place: Place) -> None:
    deploy(place.tools, wish(parameters={"InteractionsSnapStart": "true"}))

    assert ' Release="' in _sam(place)


def test_a_deployment_without_them_passes_none_and_one_that_was_given_is_kept() -> None:
    place, other = Place(), Place()
    deploy(place.tools, wish())
    deploy(other.tools, wish(parameters={"InteractionsSnapStart": "true", "Release": "mine"}))

    assert "Release=" not in _sam(place)
    assert 'Release="mine"' in _sam(other)
