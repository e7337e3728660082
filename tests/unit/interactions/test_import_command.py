"""/invite import: deferred, for those who manage the server, begun once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.command_worker.test_door import Worker, record
from tests.unit.interactions.doors import Front
from tests.unit.slash.fakes import NOW, FakeServices
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, MEMBER, OTHER, TOKEN, option, slash
from usher.attribution.backfill_state import Backfill, Hurdle, Road, Status
from usher.attribution.backfill_words import describe
from usher.contracts.deferred import DeferredCommand
from usher.ids import UserId

STANDING = Backfill(
    run="1",
    started_by=UserId(MEMBER),
    started_at=NOW - timedelta(seconds=100),
    moved_at=NOW - timedelta(seconds=5),
    until=NOW - timedelta(seconds=100),
    page=40,
    roads={Road.INVITE: 11_000, Road.SILENT: 1_000},
    version=41,
)


def ask(standing: Backfill | None = None, **options: str) -> tuple[FakeServices, str]:
    """Run the command; return the services and what is said."""
    services = FakeServices()
    services.imports.standing = standing
    worker = Worker(services)
    given = [option(name, value, 6) for name, value in options.items()]
    body = DeferredCommand(slash("invite import", *given, permissions=MANAGE_GUILD)).encode()
    assert worker.work(record(body)) == []
    reply = worker.reply
    return services, reply.content or reply.embeds[0].description


def send(front: Front, permissions: int) -> dict[str, object]:
    """Let a member with these permissions run it at the front."""
    status, answer = front.send(slash("invite import", permissions=permissions))
    assert status == 200
    return answer


def test_it_is_deferred_and_seen_by_who_asked_alone() -> None:
    front = Front()

    answer = send(front, MANAGE_GUILD)

    assert answer == {"type": 5, "data": {"flags": 64}}
    assert len(front.deferrals.sent) == 1


def test_it_takes_manage_server() -> None:
    front = Front()

    answer = send(front, 0)

    assert "Manage Server" in str(answer)
    assert front.deferrals.sent == []


def test_it_begins_a_run_named_by_the_interaction() -> None:
    services, said = ask()

    [(guild, run, user, by, now, token)] = services.imports.begun
    assert (guild, user, by, now, token) == (GUILD, None, MEMBER, NOW, TOKEN)
    assert run
    assert "progress" in said


def test_it_asks_for_one_member() -> None:
    services, _ = ask(standing=STANDING, user=OTHER)

    [(_, _, user, *_)] = services.imports.begun
    assert user == OTHER


def test_what_is_no_user_is_refused() -> None:
    services, said = ask(user="nobody")

    assert services.imports.begun == []
    assert "user" in said


def test_one_under_way_is_shown_and_not_begun_twice() -> None:
    services, said = ask(STANDING)

    assert services.imports.begun == []
    assert "**12,000 members** so far" in said


def test_a_command_delivered_twice_shows_what_it_began() -> None:
    services, _ = ask()
    [(_, run, *_)] = services.imports.begun
    done = replace(STANDING, run=str(run), status=Status.DONE, finished_at=NOW)

    services, said = ask(done)

    assert services.imports.begun == []
    assert "everything was on record" in said


@pytest.mark.parametrize(
    "standing",
    [
        replace(STANDING, status=Status.DONE),
        replace(STANDING, status=Status.COUNTED),
        replace(STANDING, status=Status.STOPPED),
        replace(STANDING, status=Status.PAUSED),
        replace(STANDING, moved_at=NOW - timedelta(minutes=21)),
    ],
)
def test_what_has_ended_or_got_stuck_is_begun_again(standing: Backfill) -> None:
    services, _ = ask(standing)

    assert len(services.imports.begun) == 1


@pytest.mark.parametrize("hurdle", [None, *Hurdle])
@pytest.mark.parametrize("status", Status)
def test_every_standing_has_its_sentence(status: Status, hurdle: Hurdle | None) -> None:
    ended = NOW if status is not Status.RUNNING else None
    reply = describe(
        replace(STANDING, status=status, hurdle=hurdle, finished_at=ended, news=3), NOW
    )

    [embed] = reply.embeds
    assert embed.description
    assert reply.ephemeral
    assert ("By an invite", "11,000") in {(field.name, field.value) for field in embed.fields}
