"""What is held and what is seen in a channel."""

import pytest

from tests.builders import GUILD
from tests.fakes.channels import channel
from tests.fakes.rewards import OWN, OWN_ROLE, FakeHall, role
from usher.channels.bits import (
    ADMINISTRATOR,
    ALL,
    MANAGE_MESSAGES,
    MANAGE_ROLES,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    in_channel,
    is_hidden,
    settable,
)
from usher.channels.model import Overwrite
from usher.rewards.hierarchy import Hall

SEEN = VIEW_CHANNEL | SEND_MESSAGES


def hall(everyone: int = SEEN, own: int = MANAGE_ROLES, **roles: int) -> Hall:
    town = FakeHall()
    town.put(role(GUILD, 0, everyone), role(OWN_ROLE, 50, own, managed=True))
    town.put(*(role(name.removeprefix("r"), 3, bits) for name, bits in roles.items()))
    found = town.hall(GUILD)
    assert found is not None
    return found


def test_overwrites_apply_in_discord_s_order() -> None:
    everyone = Overwrite(GUILD, deny=SEND_MESSAGES)
    of_role = Overwrite(OWN_ROLE, allow=SEND_MESSAGES)
    of_member = Overwrite(OWN, member=True, deny=SEND_MESSAGES)

    def may_send(*overwrites: Overwrite) -> bool:
        return bool(in_channel(hall(), channel("7", *overwrites)) & SEND_MESSAGES)

    assert may_send()
    assert not may_send(everyone)
    assert may_send(of_role, everyone)
    assert not may_send(of_member, of_role, everyone)


def test_who_does_not_see_a_channel_may_nothing_there_but_an_administrator_everything() -> None:
    hidden = channel("7", Overwrite(GUILD, deny=VIEW_CHANNEL))

    assert in_channel(hall(), hidden) == 0
    assert in_channel(hall(own=ADMINISTRATOR), hidden) == ALL


def test_usher_may_set_what_it_holds_in_the_server_or_the_category() -> None:
    here, parent = channel("7"), channel("8", Overwrite(OWN_ROLE, allow=1 << 20))

    assert settable(hall(), here, None) == SEEN | MANAGE_ROLES
    assert settable(hall(), here, parent) == SEEN | MANAGE_ROLES | 1 << 20


def test_usher_may_set_everything_where_the_channel_itself_lets_it_manage_permissions() -> None:
    here = channel("7", Overwrite(OWN, member=True, allow=MANAGE_ROLES))

    assert settable(hall(everyone=0), here, None) == ALL


@pytest.mark.parametrize(
    ("overwrites", "hidden"),
    [
        ((), False),
        ((Overwrite(GUILD, deny=VIEW_CHANNEL),), True),
        ((Overwrite(GUILD, deny=VIEW_CHANNEL), Overwrite("5", allow=VIEW_CHANNEL)), False),
        ((Overwrite(GUILD, deny=VIEW_CHANNEL), Overwrite("6", allow=VIEW_CHANNEL)), True),
        ((Overwrite(GUILD, deny=VIEW_CHANNEL), Overwrite("9", True, VIEW_CHANNEL)), True),
        ((Overwrite(GUILD, deny=VIEW_CHANNEL), Overwrite("404", allow=VIEW_CHANNEL)), True),
    ],
    ids=["open", "closed", "for a role", "for staff", "for a member", "for a role that is gone"],
)
def test_a_channel_for_staff_alone_is_hidden(
    overwrites: tuple[Overwrite, ...], hidden: bool
) -> None:
    town = hall(r5=0, r6=MANAGE_MESSAGES)

    assert is_hidden(town, channel("7", *overwrites)) is hidden


def test_a_channel_is_hidden_where_nobody_sees_channels_by_themselves() -> None:
    assert is_hidden(hall(everyone=0), channel("7"))
    assert not is_hidden(hall(everyone=0), channel("7", Overwrite(GUILD, allow=VIEW_CHANNEL)))
