"""A guild's backfill from its first step to its last, and whatever comes in between."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD, at, joined, look, observe, row
from tests.fakes.fuse import BREAKS, Fuse
from tests.unit.attribution.importer import TOKEN, Importer
from usher.attribution import backfill
from usher.attribution.backfill import MOST_POSTPONED, PAGE, SLICE
from usher.attribution.backfill_state import Backfill, Hurdle, Road, Status
from usher.attribution.confirming_ports import Gate, SearchLimitedError, SearchRefusedError
from usher.attribution.queries import OutcomeName
from usher.contracts.backfill import BackfillStep
from usher.credit.queries import Tally
from usher.ids import InviteCode, UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line, LineType

REFUSED = SearchRefusedError(403, 50001)
INDEXING = {"message": "Index not yet available.", "code": 110000, "retry_after": 15}
OLD = -30 * 86400.0


def town(members: int, **given: object) -> Importer:
    """A guild whose members came by two people's invites before Usher's first look at 0."""
    importer = Importer(**given)  # type: ignore[arg-type] # passed on
    importer.backfills.names[GUILD] = "A guild"
    for n in range(members):
        code, inviter = ("abc", "900") if n % 3 else ("def", "901")
        importer.discord.join(str(1000 + n), at(OLD + n), code, inviter)
    uses = look(row("abc", 700), row("def", 400, "901"), seconds=0)
    importer.worker.handle(observe(look=uses, seconds=0))
    return importer


def lines(importer: Importer) -> list[Line]:
    return [read_line(content) for content in importer.worker.objects.under("lines").values()]


def tracked(importer: Importer) -> dict[str, int]:
    counters = importer.guilds.guilds[GUILD].counters
    return {who: tally.tracked for (who, period), tally in counters.items() if period == "all"}


def test_every_present_member_is_known_and_credited() -> None:
    importer = town(2 * PAGE + 10)
    importer.command()

    importer.run()

    assert importer.row.status is Status.DONE
    assert importer.row.roads == {Road.INVITE: 610}
    assert importer.row.news == 610
    recorded = lines(importer)
    assert {line.type for line in recorded} == {LineType.JOIN}
    assert all(line.imported for line in recorded)
    assert len(recorded) == 610
    assert tracked(importer) == {"900": 406, "901": 204}
    assert importer.worker.effects.sent == [], "nobody is told of joins of long ago"
    assert importer.worker.confirmations.sent == []


def test_pages_lead_on_and_leave_out_who_joins_meanwhile() -> None:
    importer = town(2 * PAGE)
    importer.command()

    importer.run()

    first, second, third = importer.discord.asked
    assert first["limit"] == PAGE
    assert "after" not in first
    assert second["after"]["user_id"] == str(1000 + PAGE)
    assert third["after"]["user_id"] == "1000"
    until = int(importer.row.until.timestamp() * 1000)
    assert first["and_query"] == {"guild_joined_at": {"range": {"lte": until}}}


def test_a_second_run_changes_nothing() -> None:
    importer = town(PAGE + 5)
    importer.discord.members["77"] = (at(OLD), None, None, 0)
    importer.discord.members["78"] = (at(OLD), None, None, 3)
    importer.command("1")
    importer.run()
    before = importer.outcome()

    importer.command("2")
    importer.run()

    assert importer.outcome() == before
    assert (importer.row.status, importer.row.news) == (Status.DONE, 0)
    assert "already" in importer.progress.said[-1]


@pytest.mark.parametrize(("before", "error"), BREAKS)
def test_it_ends_the_same_wherever_it_breaks_off(
    before: bool, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given three small pages of two slices each
    monkeypatch.setattr(backfill, "PAGE", 4)
    monkeypatch.setattr(backfill, "SLICE", 2)
    undisturbed = town(11)
    undisturbed.command()
    undisturbed.run()
    calls = {"read", "write", "guild_name", "records", "applied", "search", "send", "show"}
    assert set(undisturbed.fuse.log) == calls

    for step, name in enumerate(undisturbed.fuse.log, start=1):
        importer = town(11, fuse=Fuse(step, before, error))
        importer.command()
        importer.run()

        assert importer.broken == 1, (step, name)
        assert importer.row.status is Status.DONE, (step, name)
        assert importer.row.found == undisturbed.row.found, (step, name)
        assert importer.outcome() == undisturbed.outcome(), (step, name)


def test_a_long_import_says_that_no_more_can_be_shown_and_tells_whoever_asks_again() -> None:
    importer = town(3 * PAGE)
    importer.command("1")
    importer.run(messages=2)
    assert "again" not in importer.progress.said[-1]

    # When the interaction that it answers comes to its end
    importer.now += timedelta(minutes=13, seconds=30)
    importer.one()
    assert "run `/invite import` again to see how it stands" in importer.progress.said[-1]
    shown = len(importer.progress.said)
    importer.now += timedelta(minutes=2)
    importer.command("2")
    importer.one()
    assert len(importer.progress.said) == shown

    # Then asking again begins nothing, and tells how it stands
    importer.one()
    assert importer.row.run == "1"
    assert f"Imported **{importer.row.found} members** so far" in importer.progress.said[-1]
    importer.run()
    assert importer.row.status is Status.DONE


def test_a_page_is_written_before_the_next_is_asked_for() -> None:
    importer = town(2 * PAGE, working=False)
    importer.command()

    importer.run(messages=8)

    assert len(importer.discord.asked) == 1
    assert len(importer.events.waiting) == PAGE / SLICE
    assert importer.row.hurdle is Hurdle.WORKER

    importer.working = True
    importer.run()

    assert importer.row.status is Status.DONE


def test_a_worker_that_stays_away_stops_it_and_asking_again_goes_on() -> None:
    importer = town(2 * PAGE, working=False)
    importer.command("1")
    came = importer.run()

    assert came > MOST_POSTPONED
    assert (importer.row.status, importer.row.page) == (Status.STOPPED, 1)
    importer.drain()
    importer.working = True
    importer.command("2")
    importer.run()

    assert importer.row.status is Status.DONE
    assert len(lines(importer)) == 2 * PAGE
    assert [body.get("after") is None for body in importer.discord.asked] == [True, False, False]


def test_an_index_that_is_not_ready_is_waited_for() -> None:
    importer = town(5)
    importer.discord.moods = [INDEXING, INDEXING]
    importer.command()
    importer.one()
    importer.one()

    assert importer.row.hurdle is Hurdle.INDEX
    assert importer.steps.waiting[0][1] == 15
    assert "index" in importer.progress.said[-1]

    importer.run()

    assert importer.row.status is Status.DONE
    assert len(lines(importer)) == 5


def test_a_rate_limit_is_kept_however_long() -> None:
    importer = town(5)
    importer.discord.moods = [SearchLimitedError(2000.0, everywhere=False)]
    importer.command()
    importer.one()
    importer.one()
    limited = importer.now

    assert importer.row.hurdle is Hurdle.LIMIT
    assert importer.row.running(importer.now + timedelta(seconds=1900)), "it waits, it is not stuck"
    while len(importer.discord.asked) == 1:
        importer.one()

    assert importer.now - limited >= timedelta(seconds=2000)
    importer.run()
    assert importer.row.status is Status.DONE


def test_where_discord_refuses_present_counts_are_credited_once() -> None:
    importer = town(5)
    importer.discord.moods = [REFUSED]
    importer.command("1")
    importer.run()

    assert importer.row.status is Status.COUNTED
    assert tracked(importer) == {"900": 700, "901": 400}
    assert importer.gates.gates[GUILD].refusals == 1
    codes = {line.code for line in lines(importer) if line.imported}
    assert codes == {InviteCode("abc"), InviteCode("def")}
    before = importer.outcome()

    importer.command("2")
    importer.run()

    assert importer.outcome() == before
    assert len(importer.discord.asked) == 1, "the closed gate is kept"


def test_counts_are_of_no_day() -> None:
    importer = town(5)
    importer.gates.gates[GUILD] = Gate(wanted=False)
    importer.command()

    importer.run()

    counters = importer.guilds.guilds[GUILD].counters
    assert {period for _, period in counters} == {"all"}
    assert importer.row.hurdle is Hurdle.OFF
    assert importer.discord.asked == []


def test_names_replace_counts_when_the_search_works_later() -> None:
    importer = town(9)
    importer.gates.gates[GUILD] = Gate(wanted=False)
    importer.command("1")
    importer.run()
    importer.gates.gates[GUILD] = Gate()

    importer.command("2")
    importer.run()

    assert importer.row.status is Status.DONE
    assert tracked(importer) == {"900": 6, "901": 3}


def test_where_everybody_is_known_by_name_nothing_is_counted() -> None:
    importer = town(9)
    importer.command("1")
    importer.run()
    importer.gates.gates[GUILD] = Gate(wanted=False)

    importer.command("2")
    importer.run()

    assert importer.row.status is Status.STOPPED
    assert tracked(importer) == {"900": 6, "901": 3}


def test_a_refusal_in_between_stops_it_and_asking_again_goes_on() -> None:
    importer = town(2 * PAGE)
    importer.discord.moods = [None, REFUSED]
    importer.command("1")
    importer.run()

    assert (importer.row.status, importer.row.page) == (Status.STOPPED, 1)
    assert len(lines(importer)) == PAGE, "names and counts are not mixed"

    importer.gates.gates[GUILD] = Gate()
    importer.command("2")
    importer.run()

    assert importer.row.status is Status.DONE
    assert len(lines(importer)) == 2 * PAGE


def test_an_answer_of_another_shape_is_a_refusal() -> None:
    importer = town(5)
    importer.discord.moods = [{"surprise": 1}]
    importer.command()

    importer.run()

    assert importer.row.status is Status.COUNTED


def test_never_two_at_once() -> None:
    importer = town(3 * PAGE)
    importer.command("1")
    importer.one()
    importer.one()

    importer.command("2")
    importer.run()

    assert importer.row.run == "1"
    assert len(importer.discord.asked) == 4
    assert len(lines(importer)) == 3 * PAGE


def test_a_step_delivered_twice_is_done_once() -> None:
    importer = town(2 * PAGE)
    importer.command()
    importer.one()
    importer.steps.waiting *= 2

    importer.run()

    assert importer.row.status is Status.DONE
    assert importer.row.found == 2 * PAGE
    assert len(importer.discord.asked) == 3


def test_two_that_do_the_same_page_note_it_once() -> None:
    importer = town(2 * PAGE)
    importer.command()
    importer.one()
    [(step, _)] = importer.steps.waiting
    overtaken = importer.row
    importer.run()

    class Late(type(importer.backfills)):  # type: ignore[misc] # reads what was true before
        def read(self, guild_id: object) -> Backfill:
            del guild_id
            return overtaken

    late = Late(**{name: getattr(importer.backfills, name) for name in ("rows", "names", "known")})
    importer.steps.waiting.clear()
    replace(importer.service, backfills=late).handle(step)

    assert importer.row.found == 2 * PAGE
    assert importer.steps.waiting == []


def test_a_run_that_lost_its_step_goes_on_when_asked_again() -> None:
    importer = town(2 * PAGE)
    importer.command("1")
    importer.one()
    importer.one()
    importer.steps.waiting.clear()

    importer.command("2")
    importer.run()
    assert (importer.row.run, importer.row.status) == ("1", Status.RUNNING), "it may be under way"

    importer.now += timedelta(minutes=25)
    importer.command("3")
    importer.run()

    assert (importer.row.run, importer.row.status) == ("3", Status.DONE)
    assert len(lines(importer)) == 2 * PAGE


def test_what_is_known_better_or_under_a_finer_time_stays() -> None:
    importer = town(0)
    importer.worker.handle(
        observe(
            joined("7", 10),
            look=look(row("abc", 701), row("def", 400, "901"), seconds=11),
            seconds=11,
        )
    )
    importer.discord.join("7", at(10).replace(microsecond=0), "abc")
    importer.command()

    importer.run()

    joins = [line for line in lines(importer) if line.type is LineType.JOIN]
    assert len(joins) == 1
    assert [line.type for line in lines(importer)].count(LineType.CONFIRMATION) == 1
    assert tracked(importer) == {"900": 1}


def test_at_install_it_pauses_and_the_command_goes_on() -> None:
    importer = town(3 * PAGE)
    importer.command("install", most=PAGE)
    importer.run()

    assert (importer.row.status, importer.row.found) == (Status.PAUSED, PAGE)
    assert importer.row.started_by is None
    assert importer.progress.shown == []

    importer.command("install", most=PAGE)
    importer.run()
    assert importer.row.found == PAGE, "sent again, it begins nothing"

    importer.command("1")
    importer.run()

    assert importer.row.status is Status.DONE
    assert len(lines(importer)) == 3 * PAGE


def test_progress_is_shown_while_the_token_serves() -> None:
    importer = town(2 * PAGE)
    importer.command()
    importer.run()

    assert {token for token, _ in importer.progress.shown} == {TOKEN}
    assert "**300 members** so far" in importer.progress.said[0]
    assert "600 members recorded anew" in importer.progress.said[-1]

    later = town(2 * PAGE)
    later.command()
    later.now += timedelta(minutes=20)
    later.run()
    assert later.progress.shown == []


def test_bots_are_recorded_as_bots() -> None:
    importer = town(0)
    importer.discord.members["5"] = (at(OLD), None, "900", 1)
    importer.discord.bots.add("5")
    importer.command()

    importer.run()

    [line] = lines(importer)
    assert line.word is not None
    assert (line.word.outcome, line.word.kind) == (OutcomeName.UNATTRIBUTED, "bot")
    assert tracked(importer) == {}


def test_one_member_alone() -> None:
    importer = town(5)
    importer.command(user="1003")
    importer.run()

    [line] = lines(importer)
    assert (line.user_id, line.imported) == (UserId("1003"), True)
    assert importer.discord.asked[0]["and_query"] == {"user_id": {"or_query": ["1003"]}}
    assert "<@1003> came by the invite `def` of <@901>" in importer.progress.said[-1]
    assert GUILD not in importer.backfills.rows

    importer.command("2", user="1003")
    importer.run()
    assert len(lines(importer)) == 1


@pytest.mark.parametrize(
    ("mood", "wanted", "said"),
    [
        (REFUSED, True, "Manage Server"),
        (None, False, "setting"),
        (None, True, "holds no member"),
    ],
)
def test_one_member_of_whom_nothing_is_told(mood: object, wanted: bool, said: str) -> None:
    importer = town(0)
    importer.discord.moods = [mood]
    importer.gates.gates[GUILD] = Gate(wanted)
    importer.command(user="1003")

    importer.run()

    assert said in importer.progress.said[-1]
    assert lines(importer) == []


@pytest.mark.parametrize("mood", [INDEXING, SearchLimitedError(20.0, everywhere=False)])
def test_one_member_is_asked_for_again_while_somebody_waits(mood: object) -> None:
    importer = town(5)
    importer.discord.moods = [mood]
    importer.command(user="1003")

    assert importer.run() == 2
    assert len(lines(importer)) == 1

    importer.discord.moods = [mood] * 1000
    importer.command("2", user="1004")
    assert importer.run() < 100


def test_a_limit_everywhere_puts_a_step_off() -> None:
    importer = town(5)
    step = BackfillStep(GUILD, "1", importer.now)

    importer.service.postpone(step, 2000)

    [(later, delay)] = importer.steps.waiting
    assert delay == 900
    assert later.due_at == importer.now + timedelta(seconds=2000)


def test_counters_of_days_that_are_swept_away_are_not_made_again() -> None:
    importer = town(0)
    importer.discord.join("8", at(-86400 * 300), "abc")
    importer.discord.join("9", at(-86400), "abc")
    importer.command()

    importer.run()

    counters = importer.guilds.guilds[GUILD].counters
    periods = {period for _, period in counters}
    assert periods == {"all", "day#2026-11-19", "week#2026-W47"}
    assert counters[UserId("900"), "all"] == Tally(tracked=2)
    assert importer.guilds.guilds[GUILD].accuracy == {}, "nobody watched these joins"
