"""Each kind of damage is repaired or told once, and told as solved when it is mended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD, at, joined, look, observe, row, vanity
from tests.fakes.guilds import Member
from tests.fakes.integrity import Hourly
from tests.fakes.story import story
from usher.attribution.accuracy import Accuracy
from usher.attribution.code_counts import CodeCount
from usher.attribution.model import CodeStatus
from usher.attribution.outcomes import Confidence
from usher.attribution.sync_ports import LookLimitedError, LookRefusedError
from usher.contracts.effect import SendMessage
from usher.credit.queries import Tally
from usher.ids import InviteCode, UserId
from usher.integrity.model import Kind
from usher.integrity.ports import Present
from usher.ledger.lines import LineType

IDA = UserId("900")


@pytest.fixture
def hourly() -> Hourly:
    """A guild after its day, as Discord has it, checked once."""
    found = Hourly()
    found.tell(*story())
    found.agree()
    found.check()
    assert found.reports == []
    return found


def told_once(hourly: Hourly, damage: Callable[[], None], mend: Callable[[], None]) -> None:
    """Damage something that cannot be repaired safely, look twice, mend it by hand."""
    damage()
    for _ in range(4):
        hourly.check()
    once = hourly.differences()
    assert len(once) == len(set(once)) > 0
    assert not hourly.sent

    mend()
    for _ in range(3):
        hourly.check()
    assert sorted(hourly.solved()) == sorted(once)
    assert hourly.differences() == once
    assert hourly.check().open == 0


def test_a_healthy_guild_is_silent(hourly: Hourly) -> None:
    for _ in range(30):
        outcome = hourly.check()

    assert (outcome.open, outcome.mended, hourly.reports, hourly.repairs) == (0, 0, [], [])


def test_a_counter_that_is_wrong_is_told(hourly: Hourly) -> None:
    held = hourly.guild.counters[IDA, "all"]

    def damage() -> None:
        hourly.guild.counters[IDA, "all"] = held + Tally(tracked=1)
        hourly.check(24)

    def mend() -> None:
        hourly.guild.counters[IDA, "all"] = held

    told_once(hourly, damage, mend)
    assert hourly.differences() == [(Kind.ROW, f"C#{IDA}")]


def test_a_row_that_no_line_tells_of_is_told(hourly: Hourly) -> None:
    stranger = UserId("77777")

    def damage() -> None:
        record = hourly.guild.members[UserId("105")].now
        hourly.guild.members[stranger] = Member(record, None, None)
        hourly.roster.present[stranger] = Present(stranger, record.joined_at)
        hourly.check(24)

    def mend() -> None:
        del hourly.guild.members[stranger]
        del hourly.roster.present[stranger]

    told_once(hourly, damage, mend)
    assert hourly.differences() == [(Kind.ROW, f"M#{stranger}")]


def test_numbers_of_codes_and_days_are_compared_too(hourly: Hourly) -> None:
    code, [day] = InviteCode("abc"), hourly.guild.accuracy
    counted, share = hourly.guild.counted[code], hourly.guild.accuracy[day]

    def damage() -> None:
        hourly.guild.counted[code] = counted + CodeCount(1, 1)
        hourly.guild.accuracy[day] = share + Accuracy({Confidence.EXACT: 1})
        hourly.check(24)

    def mend() -> None:
        hourly.guild.counted[code] = counted
        hourly.guild.accuracy[day] = share

    told_once(hourly, damage, mend)
    assert sorted(hourly.differences()) == [
        (Kind.ROW, f"ACCURACY#{day.isoformat()}"),
        (Kind.ROW, f"N#{code}"),
    ]


def test_a_member_without_a_row_is_found_within_the_hour(hourly: Hourly) -> None:
    hourly.tell(observe(joined("600", 4000), look=look(row("abc", 20), seconds=4001), seconds=4001))
    hourly.agree()
    held = hourly.guild.members.pop(UserId("600"))

    hourly.check(asks=False)

    assert hourly.differences() == [(Kind.ROW, "M#600")]
    hourly.guild.members[UserId("600")] = held
    hourly.check(asks=False)
    assert hourly.solved() == [(Kind.ROW, "M#600")]


def forget(hourly: Hourly, user: str) -> None:
    """Undo in the table what the lines of a member's latest join have led to."""
    lines = [one for one in hourly.lines if one.user_id == user]
    for line in lines:
        hourly.guilds.marks.pop(line.event_id, None)
    [join] = [one for one in lines if one.type is LineType.JOIN]
    assert join.word is not None
    assert join.joined_at is not None
    del hourly.guild.members[UserId(user)]
    for (inviter, period), tally in list(hourly.guild.counters.items()):
        if inviter == join.word.inviter_id:
            less = Tally(tracked=-1, fake=-bool(join.verdict))
            hourly.guild.counters[inviter, period] = tally + less
    if join.word.code is not None:
        hours = {join.joined_at.hour: -1}
        hourly.guild.counted[join.word.code] += CodeCount(-1, -1, hours)
    day = next(iter(hourly.guild.accuracy))
    hourly.guild.accuracy[day] += Accuracy({join.word.confidence: -1})


def test_a_line_without_its_count_is_booked(hourly: Hourly) -> None:
    rows = (row("abc", 20), row("def", 2, "901"))
    hourly.tell(observe(joined("600", 4000), look=look(*rows, seconds=4001), seconds=4001))
    before = dict(hourly.guild.counters)
    hourly.agree()
    forget(hourly, "600")
    hourly.tell(observe(look=look(*rows, seconds=4100), seconds=4100))
    assert hourly.guild.counters != before

    outcome = hourly.check()
    assert [kind for kind, _ in hourly.repairs] == [Kind.UNBOOKED]
    assert outcome.mended == 1
    hourly.deliver()

    assert hourly.guild.counters == before
    assert hourly.check(24).open == 0
    assert hourly.differences() == []


def test_what_cannot_be_booked_is_told_at_the_third_time(hourly: Hourly) -> None:
    hourly.tell(observe(joined("600", 4000), look=look(row("abc", 20), seconds=4001), seconds=4001))
    hourly.agree()
    forget(hourly, "600")
    hourly.tell(observe(look=look(row("abc", 20), seconds=4100), seconds=4100))

    for _ in range(5):
        hourly.check(asks=False)

    kinds = {kind for kind, _ in hourly.repairs}
    assert (len(hourly.repairs), kinds, len(hourly.differences())) == (2, {Kind.UNBOOKED}, 1)
    hourly.deliver()
    hourly.check(asks=False)
    assert [kind for kind, _ in hourly.solved()] == [Kind.UNBOOKED]


def test_a_code_that_the_table_lacks_is_looked_at_again(hourly: Hourly) -> None:
    held = hourly.guild.codes.pop(InviteCode("def"))

    hourly.check()
    assert not hourly.sent
    hourly.check()
    assert hourly.repairs == [(Kind.INVITE, "def")]
    hourly.deliver()
    hourly.check()

    assert hourly.guild.codes[InviteCode("def")].now.uses == held.now.uses
    assert hourly.differences() == []
    assert hourly.check().open == 0


def test_a_code_whose_invite_is_gone_is_looked_at_again(hourly: Hourly) -> None:
    del hourly.roster.invites[InviteCode("def")]

    for _ in range(2):
        hourly.check()
    hourly.deliver()
    hourly.check()

    assert hourly.guild.codes[InviteCode("def")].now.status is not CodeStatus.ACTIVE
    assert hourly.differences() == []


def test_uses_that_discord_does_not_show_are_told(hourly: Hourly) -> None:
    code = InviteCode("abc")
    shown = hourly.roster.invites[code]

    def damage() -> None:
        hourly.roster.invites[code] = replace(shown, uses=(shown.uses or 0) - 2)

    def mend() -> None:
        hourly.roster.invites[code] = shown

    told_once(hourly, damage, mend)
    assert hourly.differences() == [(Kind.INVITE, "abc")]


def test_a_member_who_left_unseen_has_left(hourly: Hourly) -> None:
    gone = UserId("105")
    assert hourly.guild.members[gone].now.left_at is None
    del hourly.roster.present[gone]

    hourly.check()
    assert not hourly.sent
    hourly.check()
    assert hourly.repairs == [(Kind.GHOST, "105")]
    hourly.deliver()

    assert hourly.guild.members[gone].now.left_at is not None
    hourly.check(24)
    assert hourly.differences() == []


def test_who_is_away_for_a_moment_is_no_ghost(hourly: Hourly) -> None:
    held = hourly.roster.present.pop(UserId("105"))
    hourly.check()
    hourly.roster.present[UserId("105")] = held
    hourly.check()

    assert (hourly.sent, hourly.reports[1:]) == ([], [])
    assert hourly.reports == [("healed", Kind.GHOST, "105")]


def test_who_joined_unseen_is_asked_for_by_name(hourly: Hourly) -> None:
    hourly.roster.present[UserId("700")] = Present(UserId("700"), at(3000))

    for _ in range(3):
        hourly.check()
    assert [(step.user_id, step.page) for step in hourly.steps] == [("700", None)] * 2
    hourly.check()

    assert hourly.differences() == [(Kind.MISSED, "700")]


def test_who_was_there_before_usher_is_no_difference_and_neither_are_bots(hourly: Hourly) -> None:
    hourly.roster.present[UserId("700")] = Present(UserId("700"), at(-5000))
    hourly.roster.present[UserId("701")] = Present(UserId("701"), at(3000), bot=True)

    for _ in range(3):
        hourly.check()

    assert hourly.reports == []


def test_bans_and_mutes_in_force_are_told_to_the_admins(hourly: Hourly) -> None:
    muted = UserId("105")

    def damage() -> None:
        hourly.table.banned.append(UserId("50"))
        hourly.table.muted.append(muted)

    def mend() -> None:
        hourly.roster.bans.add(UserId("50"))
        until = hourly.clock() + timedelta(days=3)
        hourly.roster.present[muted] = replace(hourly.roster.present[muted], muted_until=until)

    told_once(hourly, damage, mend)

    assert sorted(hourly.differences()) == [(Kind.BAN, "50"), (Kind.MUTE, "105")]
    first, second = [one for one in hourly.effects.sent if isinstance(one, SendMessage)]
    assert "<@50>" in first.content
    assert "`/mute`" in first.content
    assert "on record again" in second.content


def test_a_server_that_hides_its_invites_is_told(hourly: Hourly) -> None:
    def damage() -> None:
        hourly.roster.look_error = LookRefusedError()

    def mend() -> None:
        hourly.roster.look_error = None

    told_once(hourly, damage, mend)

    assert hourly.differences() == [(Kind.REFUSED, "")]
    first, _ = [one for one in hourly.effects.sent if isinstance(one, SendMessage)]
    assert "Manage Server" in first.content


def test_a_server_that_removed_usher_is_asked_little(hourly: Hourly) -> None:
    hourly.roster.look_error, hourly.roster.away = LookRefusedError(), True
    for _ in range(2):
        outcome = hourly.check()
    hourly.roster.calls.clear()
    outcome = hourly.check()

    assert hourly.differences() == [(Kind.AWAY, "")]
    assert (outcome.open, hourly.roster.calls) == (0, ["guild"])
    assert hourly.effects.sent == []


def test_discord_is_left_alone_where_it_asks_for_that(hourly: Hourly) -> None:
    hourly.roster.look_error = LookLimitedError(60)
    hourly.table.waiting[GUILD] = [("T#5", at(0))]

    outcome = hourly.check()

    assert outcome.hushed
    assert hourly.differences() == [(Kind.OVERDUE, "T#5")]


def test_boards_links_and_work_left_undone_are_told(hourly: Hourly) -> None:
    key = f"C#{IDA}"
    score = hourly.table.board(GUILD)[key]

    def damage() -> None:
        hourly.table.boards[key] = score + 5
        hourly.table.links["spring"] = "gone"
        hourly.table.waiting[GUILD] = [("X#ban#5", at(0))]
        for _ in range(2):
            hourly.check(24)

    def mend() -> None:
        hourly.table.boards.clear()
        hourly.table.links.clear()
        hourly.table.waiting.clear()

    told_once(hourly, damage, mend)
    assert sorted(hourly.differences()) == [
        (Kind.BOARD, key),
        (Kind.ORPHAN, "spring"),
        (Kind.OVERDUE, "X#ban#5"),
    ]


def test_a_score_that_is_wrong_is_told(hourly: Hourly) -> None:
    def damage() -> None:
        hourly.table.scores[f"C#{IDA}"] = 4711
        hourly.check(24)

    told_once(hourly, damage, hourly.table.scores.clear)
    assert hourly.differences() == [(Kind.ROW, f"C#{IDA}")]


def test_a_guild_that_moves_while_it_is_read_is_silent(hourly: Hourly) -> None:
    last = 18
    for n in range(4):
        rows = (row("abc", last + n), row("def", 2, "901"))
        seen = look(*rows, seconds=90100 + n)
        hourly.table.reading.append(
            observe(
                joined(f"8{n}", 90000 + n),
                look=seen,
                vanity=vanity("cool", 6, 90100 + n),
                seconds=90100 + n,
            )
        )

    hourly.check(24, asks=False)

    assert not hourly.table.reading
    assert hourly.reports == []


def test_many_who_left_unseen_are_found_and_ended_page_by_page(hourly: Hourly) -> None:
    record = hourly.guild.members[UserId("105")].now
    crowd = [UserId(str(10**17 + n * 10**13)) for n in range(700)]
    for user in crowd:
        hourly.guild.members[user] = Member(record, None, None)
    hourly.roster.present |= {user: Present(user, record.joined_at) for user in crowd[:640]}

    for _ in range(3):
        hourly.check(has_time=False)
        hourly.deliver()

    assert {subject for kind, subject in hourly.repairs if kind is Kind.GHOST} == {*crowd[640:]}
    assert all(hourly.guild.members[user].now.left_at for user in crowd[640:])
    for _ in range(2):
        hourly.check(has_time=False)
    assert hourly.differences() == []


def test_a_table_that_was_rebuilt_has_no_marks_and_that_is_well() -> None:
    hourly = Hourly()
    hourly.tell(*story())
    hourly.agree()
    hourly.guilds.marks.clear()

    for _ in range(30):
        hourly.check()

    assert (hourly.reports, hourly.repairs) == ([], [])
