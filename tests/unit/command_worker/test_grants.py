"""Invites that admins add and take away."""

import pytest

from tests.unit.command_worker.test_door import Worker, record
from tests.unit.slash.fakes import FakeServices
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, MEMBER, OTHER, data, interaction, option
from usher.contracts.deeds import InvitesGranted
from usher.contracts.deferred import DeferredCommand
from usher.credit.queries import Period, Tally

USER = 6


def run(
    services: FakeServices,
    line: str,
    *options: object,
    bot: bool = False,
    rights: int = MANAGE_GUILD,
) -> str:
    worker = Worker(services)
    resolved = {"users": {OTHER: {"id": OTHER, "username": "ida", "bot": bot}}}
    body = data(line, option("user", OTHER, USER), *options, resolved=resolved)
    asked = interaction(2, body, permissions=rights)
    assert worker.work(record(DeferredCommand(asked).encode())) == []
    assert worker.reply.ephemeral
    return worker.reply.content


def with_tally(tally: Tally) -> FakeServices:
    services = FakeServices()
    services.credit.put(GUILD, Period.ALL, OTHER, tally)
    return services


@pytest.mark.parametrize(
    ("invites", "told"),
    [
        (5, f"Added 5 invites to <@{OTHER}>, who has **8 invites** now (6 added)."),
        (-1, f"Took away 1 invite from <@{OTHER}>, who has **2 invites** now (0 added)."),
    ],
)
def test_added_invites_are_told_with_the_new_total(invites: int, told: str) -> None:
    services = with_tally(Tally(tracked=2, added=1))

    assert run(services, "invite add", option("invites", invites)) == told


def test_the_deed_is_known_by_its_interaction() -> None:
    services = FakeServices()

    run(services, "invite add", option("invites", 5))

    [(id_, deed)] = services.deeds.done.items()
    assert isinstance(deed, InvitesGranted)
    assert id_ == "786008729715212338"
    assert (deed.user_id, deed.invites, deed.by) == (OTHER, 5, MEMBER)


@pytest.mark.parametrize(
    ("invites", "told"),
    [
        (0, "`invites` must not be 0."),
        (1_000_001, "`invites` must be at most 1,000,000."),
        (-1_000_001, "`invites` must be at least -1,000,000."),
        (10**30, "`invites` is not what I expected there. Please try again."),
    ],
)
def test_absurd_numbers_are_told_and_change_nothing(invites: int, told: str) -> None:
    services = FakeServices()

    assert run(services, "invite add", option("invites", invites)) == told
    assert services.deeds.done == {}


def test_bots_hold_no_invites() -> None:
    services = FakeServices()

    assert "Bots" in run(services, "invite add", option("invites", 1), bot=True)
    assert services.deeds.done == {}


def test_a_reset_clears_what_was_added_and_nothing_else() -> None:
    services = with_tally(Tally(tracked=4, added=3, left=1))

    told = run(services, "invite reset")

    assert told == f"Cleared 3 added invites of <@{OTHER}>, who has **3 invites** now."


def test_nothing_added_is_nothing_to_reset() -> None:
    services = with_tally(Tally(tracked=4))

    assert run(services, "invite reset") == f"Nothing is added to <@{OTHER}>'s invites."
    assert services.deeds.done == {}


@pytest.mark.parametrize("line", ["invite add", "invite reset"])
def test_both_need_manage_server(line: str) -> None:
    options = [option("invites", 5)] if line.endswith("add") else []

    told = run(with_tally(Tally(added=1)), line, *options, rights=0)

    assert told == f"You need Manage Server for `/{line}`."


def test_a_busy_road_is_told() -> None:
    services = FakeServices()
    services.deeds.busy = True

    assert "in a moment" in run(services, "invite add", option("invites", 5))
