"""What is shipped asks for nothing but that its licence goes along; a page says which."""

import pytest

from infra.supply.licences import PAGE, allowed, licence, page
from infra.supply.shipped import Package, packages, requirements


@pytest.mark.parametrize("package", packages(), ids=lambda one: one.name)
def test_every_licence_is_known_and_allowed(package: Package) -> None:
    assert allowed(licence(package)), licence(package)


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make licences"


def test_every_function_and_the_listener_are_looked_at() -> None:
    rooms = {file.parent.name for file in requirements()}

    assert {"interactions", "event_worker", "referral_api", "gateway_listener"} <= rooms
    assert rooms == {room for one in packages() for room in one.rooms}


@pytest.mark.parametrize("expression", ["GPL-3.0-only", "MIT AND AGPL-3.0", "unknown", ""])
def test_what_asks_for_more_is_not_allowed(expression: str) -> None:
    assert not allowed(expression)
