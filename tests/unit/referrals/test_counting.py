"""Each membership counts once for its link, whatever happens on the way."""

from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from tests.builders import GUILD, START
from tests.referring import CODE
from usher.contracts.effect import CountReferral
from usher.ids import GuildId, UserId
from usher.referrals.counting import ATTEMPTS, Arrival, ReferralCounting
from usher.referrals.model import LinkCode
from usher.referrals.ports import StaleError

OTHER = LinkCode("other")
ANA = Arrival(UserId("7"), START, CODE)


@dataclass
class FakeJoinRows:
    """Implements JoinRows; `stale` calls find that somebody was faster."""

    here: Arrival | None = ANA
    marks: dict[Arrival, LinkCode | None] = field(default_factory=dict)
    joins: Counter[LinkCode] = field(default_factory=Counter)
    stale: int = 0

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        assert (guild_id, user_id) == (GUILD, "7")
        return self.here

    def counted(self, guild_id: GuildId, arrival: Arrival) -> LinkCode | None:
        assert guild_id == GUILD
        return self.marks.get(replace(arrival, link=None))

    def count(self, guild_id: GuildId, arrival: Arrival, before: LinkCode | None) -> None:
        if self.stale:
            self.stale -= 1
            raise StaleError
        assert self.counted(guild_id, arrival) == before
        self.marks[replace(arrival, link=None)] = arrival.link
        self.joins.update([arrival.link] if arrival.link else [])
        self.joins.subtract([before] if before else [])


def look(rows: FakeJoinRows) -> Counter[LinkCode]:
    ReferralCounting(rows).check(CountReferral("r", GUILD, UserId("7")))
    return +rows.joins


def test_a_join_is_counted_once() -> None:
    rows = FakeJoinRows()

    assert look(rows) == {CODE: 1}
    assert look(rows) == {CODE: 1}


def test_a_correction_moves_it_and_may_take_it_away() -> None:
    rows = FakeJoinRows()
    look(rows)

    rows.here = replace(ANA, link=OTHER)
    assert look(rows) == {OTHER: 1}
    rows.here = replace(ANA, link=None)
    assert look(rows) == {}


def test_who_came_by_no_link_or_is_unknown_counts_for_none() -> None:
    assert look(FakeJoinRows(here=replace(ANA, link=None))) == {}
    assert look(FakeJoinRows(here=None)) == {}


def test_a_race_is_looked_at_again_and_given_up_to_the_queue() -> None:
    assert look(FakeJoinRows(stale=ATTEMPTS - 1)) == {CODE: 1}
    with pytest.raises(StaleError):
        look(FakeJoinRows(stale=ATTEMPTS))
