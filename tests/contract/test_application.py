"""What `usher deploy` changes of the application, by Discord's own description of it."""

import json
from dataclasses import replace

import pytest

from infra.deploying.deployment import deploy
from infra.deploying.discord import MEMBERS_LIMITED
from infra.deploying.needs import NEEDS, permissions
from infra.deploying.teardown import destroy
from tests.contract import schema
from tests.fakes.deploying import APPLICATION, Place, wish
from usher.doctor.permissions import NAMES

BITS = 53
"""Permissions that a JSON number carries exactly."""


def test_every_change_is_one_that_discord_takes() -> None:
    place = Place()
    deploy(place.tools, wish())
    destroy(place.tools, wish())

    changes = place.discord.changed
    assert len(changes) == 4
    for change in changes:
        assert schema.errors("ApplicationFormPartial", json.loads(json.dumps(change))) == []


@pytest.mark.parametrize("flags", [0, 1 << 23, 1 << 12 | 1 << 19, 1 << 18 | 1 << 23 | 1 << 13])
def test_of_the_flags_only_those_are_sent_that_the_api_changes(flags: int) -> None:
    # Discord API reference, Edit Current Application: limited intents alone.
    place = Place()
    place.discord.application = replace(APPLICATION, flags=flags)

    deploy(place.tools, wish())

    [sent] = [change["flags"] for change in place.discord.changed if "flags" in change]
    assert isinstance(sent, int)
    assert sent & MEMBERS_LIMITED
    assert sent & ~MEMBERS_LIMITED == flags & (1 << 13 | 1 << 19)


def test_permissions_are_bits_of_their_own_and_never_administrator() -> None:
    assert all(need.bit.bit_count() == 1 for need in NEEDS)
    assert permissions() < 1 << BITS
    assert not permissions() & 1 << 3


def test_what_the_doctor_asks_for_is_what_the_install_link_asks_for_by_the_same_name() -> None:
    installed = {need.bit: need.name.removesuffix("s") for need in NEEDS}
    asked = {bit: name.removesuffix("s") for bit, name in NAMES.items()}

    assert asked.items() <= installed.items()
