"""Members of guilds that do not fit a page, and lists that cannot be right."""

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from tests.builders import GUILD, at
from tests.fakes.guilds import Member
from tests.fakes.integrity import FakeRoster, Hourly
from tests.fakes.story import story
from usher.ids import GuildId, InviteCode, UserId
from usher.integrity.model import Kind
from usher.integrity.ports import Present
from usher.integrity.service import Outcome


@pytest.fixture
def hourly() -> Hourly:
    """A guild after its day, as Discord has it, checked once."""
    found = Hourly()
    found.tell(*story())
    found.agree()
    found.check()
    return found


def large(hourly: Hourly) -> list[UserId]:
    """Let Usher have come late: of each ten members of Discord's it has a row of one."""
    record = hourly.guild.members[UserId("105")].now
    known: list[UserId] = []
    for number in range(6000):
        user = UserId(str(10**17 + number * 10**13))
        if number % 10 == 5:
            hourly.guild.members[user] = Member(record, None, None)
            hourly.roster.present[user] = Present(user, record.joined_at)
            known.append(user)
        else:
            hourly.roster.present[user] = Present(user, at(-5000))
    return known


def test_a_row_far_behind_the_first_page_has_its_turn(hourly: Hourly) -> None:
    gone = large(hourly)[450]
    del hourly.roster.present[gone]

    for _ in range(16):
        hourly.check(has_time=False)
        hourly.deliver()

    assert hourly.repairs == [(Kind.GHOST, gone)]


def test_everything_at_once_is_everything(hourly: Hourly) -> None:
    gone = large(hourly)[450]
    del hourly.roster.present[gone]
    head = hourly.table.head(GUILD)
    assert head is not None

    found = hourly.integrity.outside.everything(GUILD, head).found

    assert [one.key for one in found] == [(Kind.GHOST, gone)]


def test_who_joined_unseen_with_an_older_account_than_any_row_s_is_found(hourly: Hourly) -> None:
    for user in [one for one in hourly.guild.members if int(one) < 100]:
        del hourly.guild.members[user]
        hourly.roster.present.pop(user, None)
    hourly.roster.present[UserId("5")] = Present(UserId("5"), at(3000))

    for _ in range(2):
        hourly.check(has_time=False)

    assert hourly.repairs == [(Kind.MISSED, "5")]


def test_who_is_there_all_the_same_is_no_ghost_however_long_the_list_leaves_them_out(
    hourly: Hourly,
) -> None:
    hourly.roster.unlisted = {UserId("105"), UserId("300")}
    del hourly.roster.present[UserId("300")]

    for _ in range(3):
        hourly.check()
        hourly.deliver()

    assert hourly.repairs == [(Kind.GHOST, "300")]
    assert hourly.differences() == []
    assert hourly.guild.members[UserId("105")].now.left_at is None


def test_a_list_without_anybody_is_no_answer(hourly: Hourly) -> None:
    hourly.roster.present.clear()

    outcomes = [hourly.check() for _ in range(3)]

    assert all(one.hushed for one in outcomes)
    assert (hourly.repairs, hourly.reports) == ([], [])
    hourly.agree()
    assert hourly.check() == Outcome(lines=outcomes[-1].lines)


def test_a_code_that_is_used_on_and_on_while_nobody_looks_is_looked_at(hourly: Hourly) -> None:
    code = InviteCode("abc")
    for _ in range(2):
        shown = hourly.roster.invites[code]
        hourly.roster.invites[code] = replace(shown, uses=(shown.uses or 0) + 3)
        hourly.check()

    assert hourly.repairs == [(Kind.INVITE, "abc")]


def test_when_discord_was_compared_last_is_remembered(hourly: Hourly) -> None:
    def asked_at() -> datetime | None:
        return hourly.notes.progress([GUILD])[GUILD].asked_at

    first = hourly.clock()
    assert asked_at() == first

    hourly.check(asks=False)
    hourly.roster.hushed = True
    hourly.check()
    assert asked_at() == first

    hourly.roster.hushed = False
    hourly.check()
    assert asked_at() == hourly.clock()


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pages", range(6))
def test_a_refusal_in_the_middle_ends_the_asking(hourly: Hourly, pages: int) -> None:
    large(hourly)
    hourly.roster = Refusing(hourly.clock, hourly.roster.present, invites=hourly.roster.invites)
    hourly.roster.pages = pages
    head = hourly.table.head(GUILD)
    assert head is not None

    hourly.integrity.outside.everything(GUILD, head)

    assert hourly.roster.calls.count("members") == pages + 1


@dataclass
class Refusing(FakeRoster):
    """Discord that shows some pages of members and no more."""

    pages: int = 0

    def members(self, guild_id: GuildId, after: UserId) -> list[Present] | None:
        page = super().members(guild_id, after)
        return None if self.calls.count("members") > self.pages else page
