"""After its transaction the event worker asks for Discord's own record of the joins it recorded."""

from dataclasses import replace

import pytest

from tests.builders import GUILD, at, joined, look, observe, row
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.fakes.guilds import FakeGuilds
from tests.fakes.story import story
from tests.fakes.worker import Worker
from usher.attribution.knowledge import with_what_happened
from usher.attribution.model import Head
from usher.attribution.ports import GuildSettings
from usher.contracts.observation import MemberSearched
from usher.ids import InviteCode, UserId


def test_recorded_joins_are_asked_for_and_a_repetition_asks_again() -> None:
    worker = Worker()
    worker.handle(observe(look=look(row("abc", 0), seconds=-700), seconds=-700))
    burst = observe(joined("7", 10), joined("8", 10.5), joined("9", 11, bot=True), seconds=12)

    report = worker.handle(burst)
    repeated = worker.handle(burst)

    first, second = worker.confirmations.sent
    assert first == second
    asked, delay = first
    assert (asked.guild_id, asked.guild_name, delay) == (GUILD, "A guild", 5)
    assert asked.joins == ((UserId("7"), at(10)), (UserId("8"), at(10.5)))
    assert report.to_confirm == repeated.to_confirm == 2


def test_another_observation_of_the_same_join_asks_for_nothing() -> None:
    worker = Worker()
    worker.handle(observe(joined("7", 10), seconds=12))

    assert worker.handle(observe(joined("7", 10), seconds=13)).to_confirm == 0
    assert len(worker.confirmations.sent) == 1


def test_nothing_is_asked_for_where_the_setting_is_off() -> None:
    worker = Worker()
    assert isinstance(worker.guilds, FakeGuilds)
    worker.guilds.configured[GUILD] = GuildSettings(members_search=False)

    worker.handle(*story())

    assert worker.confirmations.sent == []


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_queue_that_is_out_fails_the_message_and_nothing_is_forgotten(before: bool) -> None:
    whole = Worker()
    join = observe(joined("7", 10), seconds=12)
    whole.handle(join)
    step = whole.fuse.log.index("confirmations") + 1
    worker = Worker(fuse=Fuse(at=step, before=before))

    with pytest.raises(BrokenOffError):
        worker.handle(join)
    worker.burn(Fuse())
    worker.handle(join)

    assert worker.confirmations.asked() == {(GUILD, "7")}


def test_an_answer_of_discords_record_does_not_show_that_the_listener_was_there() -> None:
    # Given a listener last heard at 12:00:12, and a confirmation much later
    found = MemberSearched(joined("7").person, at(10), at(900), 5, InviteCode("abc"), UserId("900"))
    head, _ = with_what_happened(Head(1), observe(joined("7", 10), seconds=12))
    head, _ = with_what_happened(head, observe(found, seconds=900))
    assert head.seen_at == at(12)

    # When the listener comes back and says that it was away
    head, _ = with_what_happened(head, replace(observe(seconds=4000), gap=True))

    # Then its absence began when it was last heard
    assert head.gaps == ((at(12), at(4000)),)
