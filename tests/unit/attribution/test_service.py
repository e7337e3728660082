"""The road of one observation: ledger, table, effects, and who wins when they disagree."""

import json
from dataclasses import replace

import pytest

from tests.builders import (
    GUILD,
    at,
    by,
    by_vanity,
    joined,
    left,
    look,
    observe,
    open_between,
    person,
    row,
    unknown,
)
from tests.fakes.guilds import FakeGuilds
from tests.fakes.objects import FakeObjects
from tests.fakes.story import told
from tests.fakes.worker import Worker
from usher.attribution.facts import Fact, JoinRecorded, MemberDeparted
from usher.attribution.model import Decision, Group, Head, OpenJoin, Stored
from usher.attribution.outcomes import Confidence
from usher.attribution.ports import (
    Attribute,
    ContestedError,
    PoisonError,
    StaleHeadError,
)
from usher.attribution.service import ATTEMPTS, DETERMINISTIC
from usher.attribution.state_codec import StateError
from usher.attribution.wording import word_of
from usher.contracts.effect import SendMessage
from usher.contracts.observation import MemberJoined, MemberUpdated, Observation
from usher.credit.queries import Tally
from usher.ids import UserId
from usher.ledger.keys import line_key
from usher.ledger.line_codec import read_line, write_line
from usher.ledger.lines import Line, LineType, join_id

USER = UserId("7")


def saying(*facts: Fact, head: Head | None = None) -> Attribute:
    """Rules that say the same of everything."""

    def attribute(stored: Stored, observation: Observation) -> Decision:
        return Decision(head or Head(stored.head.version + 1), (), (), (), facts)

    return attribute


def arrived(user: str = "7", seconds: float = 10, outcome: object = None) -> JoinRecorded:
    said = outcome or by("900")
    return JoinRecorded(person(user), at(seconds), at(seconds), said)  # type: ignore[arg-type]  # any outcome


def deciding(*facts: Fact, head: Head | None = None) -> Worker:
    return Worker(attribute=saying(*facts, head=head), needs_closed=lambda *_: False)


def guilds(worker: Worker) -> FakeGuilds:
    assert isinstance(worker.guilds, FakeGuilds)
    return worker.guilds


def lines(worker: Worker) -> list[Line]:
    return [read_line(content) for content in worker.objects.under("lines/").values()]


def write_before(objects: FakeObjects, outcome: object) -> Line:
    """Let the ledger have a line for the join of `arrived()` already."""
    word = word_of(outcome)  # type: ignore[arg-type]  # any outcome
    id_ = join_id(GUILD, USER, at(10))
    line = Line(LineType.JOIN, id_, at(10), GUILD, USER, at(10), word)
    objects.add(line_key(GUILD, id_, at(10)), write_line(line))
    return line


def test_a_line_already_in_the_ledger_is_applied_in_place_of_the_decision() -> None:
    # Given a ledger that says of a join what today's rules do not
    open_join = OpenJoin(person("7"), at(10), at(10), by("900"))
    head = Head(1, open=Group("", (open_join,), ()))
    worker = deciding(arrived(), head=head)
    line = write_before(worker.objects, by("901", "def"))

    # When
    report = worker.handle(observe(joined("7", 10)))

    # Then row, credit and the word that later evidence revises are the ledger's
    assert report.kept == 1
    assert lines(worker) == [line]
    guild = guilds(worker).guilds[GUILD]
    assert guild.members[USER].now.word == line.word
    assert guild.counters[UserId("901"), "all"] == Tally(tracked=1)
    assert (UserId("900"), "all") not in guild.counters
    [still_open] = guild.head.open.joins
    assert still_open.outcome == by("901", "def")


def test_the_same_line_already_in_the_ledger_is_nothing_special() -> None:
    worker = deciding(arrived())
    write_before(worker.objects, by("900"))

    report = worker.handle(observe(joined("7", 10)))

    assert (report.kept, report.joins) == (0, {Confidence.EXACT: 1})


def test_a_leave_of_nobody_known_is_on_the_ledger_without_an_outcome() -> None:
    worker = deciding(MemberDeparted(USER, at(20)))

    worker.handle(observe(left("7", 20)))

    [line] = lines(worker)
    assert (line.type, line.word, line.joined_at) == (LineType.LEAVE, None, None)
    assert guilds(worker).guilds[GUILD].members == {}


def test_a_leave_tells_whose_credit_it_ends() -> None:
    worker = deciding(arrived(), MemberDeparted(USER, at(20)))

    worker.handle(observe(joined("7", 10), left("7", 20)))

    [leave] = [line for line in lines(worker) if line.type is LineType.LEAVE]
    assert leave.credit_reversed_from == "900"
    assert leave.joined_at == at(10)


def test_a_leave_told_by_two_listeners_is_one_line() -> None:
    worker = deciding(arrived())
    worker.handle(observe(joined("7", 10)))

    for seconds in (20, 20.5):
        worker.attribute = saying(MemberDeparted(USER, at(seconds)))
        worker.handle(observe(left("7", seconds)))

    assert sum(line.type is LineType.LEAVE for line in lines(worker)) == 1
    counters = guilds(worker).guilds[GUILD].counters
    assert counters[UserId("900"), "all"] == Tally(tracked=1, left=1)


def test_the_timestamp_of_a_line_is_the_events_and_not_the_clocks() -> None:
    worker = deciding(arrived(seconds=-86400 * 30))

    worker.handle(observe(joined("7", -86400 * 30)))

    [key] = worker.objects.under("lines/")
    assert "/dt=2026-10-21/" in key


def test_names_go_beside_the_ledger_and_not_into_the_state() -> None:
    open_join = OpenJoin(person("7"), at(10), at(10), by("900"))
    worker = deciding(arrived(), head=Head(1, open=Group("", (open_join,), ())))

    worker.handle(observe(joined("7", 10)))

    assert b"user7" not in b"".join(worker.objects.under("lines/").values())
    [held] = guilds(worker).guilds[GUILD].head.open.joins
    assert held.person.username == ""
    assert {key.split("/")[2] for key in worker.objects.under("names/")} == {"user=7", "user=900"}


@pytest.mark.parametrize("kind", DETERMINISTIC)
def test_what_the_rules_cannot_decide_is_poison_and_changes_nothing(
    kind: type[Exception],
) -> None:
    def attribute(stored: Stored, observation: Observation) -> Decision:
        raise kind

    worker = Worker(attribute=attribute, needs_closed=lambda *_: False)

    with pytest.raises(PoisonError):
        worker.handle(observe(joined("7")))
    assert worker.objects.held == {}
    assert guilds(worker).guilds == {}


def test_a_broken_stored_state_is_not_the_messages_fault() -> None:
    def attribute(stored: Stored, observation: Observation) -> Decision:
        raise StateError("head")

    with pytest.raises(StateError):
        Worker(attribute=attribute, needs_closed=lambda *_: False).handle(observe())


class Moving(FakeGuilds):
    """A head that others keep moving."""

    moves = 0

    def commit(self, change: object) -> float:
        if self.moves:
            self.moves -= 1
            raise StaleHeadError
        return super().commit(change)  # type: ignore[arg-type]  # whatever came


def test_a_head_that_moved_is_read_again_and_the_line_written_once() -> None:
    moving = Moving()
    moving.moves = ATTEMPTS - 1
    worker = Worker(guilds=moving, attribute=saying(arrived()), needs_closed=lambda *_: False)

    report = worker.handle(observe(joined("7", 10)))

    assert report.attempts == ATTEMPTS
    assert len(worker.pauses) == ATTEMPTS - 1
    assert worker.fuse.log.count("add lines") == 1


def test_a_head_that_never_rests_fails_the_message_for_now() -> None:
    moving = Moving()
    moving.moves = ATTEMPTS
    worker = Worker(guilds=moving, attribute=saying(arrived()), needs_closed=lambda *_: False)

    with pytest.raises(ContestedError):
        worker.handle(observe(joined("7", 10)))


def test_another_observation_with_the_same_join_neither_counts_nor_tells_it() -> None:
    worker = told(Worker())
    worker.handle(observe(look=look(row("abc", 0), seconds=-700), seconds=-700))
    seen = look(row("abc", 1), seconds=11)
    worker.handle(observe(joined("7", 10), look=seen, seconds=11))

    report = worker.handle(observe(joined("7", 10), look=seen, seconds=12))

    assert (report.duplicates, report.effects, dict(report.joins)) == (1, 0, {})
    assert len(worker.effects.done()) == 1


def test_without_a_channel_nothing_is_told() -> None:
    worker = deciding(arrived())

    assert worker.handle(observe(joined("7", 10))).effects == 0
    assert worker.fuse.log.count("effects") == 0


def test_ten_joins_make_a_message_and_every_repetition_makes_the_same() -> None:
    # Given 23 joins, some open, some by the vanity code, one a bot
    outcomes = [by("900"), by_vanity(), open_between("a", "b"), unknown()]
    facts = [arrived(str(n), n, outcomes[n % 4]) for n in range(23)]
    worker = told(deciding(*facts))
    observation = observe(*(joined(str(n), n) for n in range(23)))

    # When it is delivered twice
    worker.handle(observation)
    worker.handle(observation)

    # Then
    sent = worker.effects.sent
    assert sent[:3] == sent[3:]
    messages = [effect for effect in sent[:3] if isinstance(effect, SendMessage)]
    assert [message.content.count("\n") + 1 for message in messages] == [10, 10, 3]
    assert all(len(message.content) <= 2000 and len(message.id) <= 25 for message in messages)
    assert len({message.id for message in messages}) == 3
    assert all(message.mention is None for message in messages)
    assert messages[0].content.splitlines()[:4] == [
        "**User0** (0) joined, invited by **ida** (900) with invite `abc` (exact).",
        "**User1** (1) joined by the server's own link `cool` (exact).",
        "**User2** (2) joined; 2 invites are possible.",
        "**User3** (3) joined; it is not known by which invite.",
    ]


def test_a_name_can_neither_format_nor_mention_nor_break_the_line() -> None:
    event = joined("7", 10)
    nasty = replace(event.person, display_name="@everyone <@1> **x**\n`a` [l](http://x)\u202e#")
    worker = told(deciding(JoinRecorded(nasty, at(10), at(10), unknown())))

    worker.handle(observe(MemberJoined(nasty, at(10), at(10))))

    [message] = [effect for effect in worker.effects.sent if isinstance(effect, SendMessage)]
    assert message.content == (
        "**\\@everyone \\<\\@1\\> \\*\\*x\\*\\* \\`a\\` \\[l\\]\\(htt** (7) joined; "
        "it is not known by which invite."
    )
    assert json.dumps(message.content)


def test_updates_of_members_alone_cost_nothing() -> None:
    # Given rules, table and ledger that must not be asked
    worker = deciding()
    update = MemberUpdated(USER, at(10), pending=False, roles=(), at=at(20))
    report = worker.handle(observe(update))
    assert report.parts == 0
    assert guilds(worker).guilds == {}
    assert guilds(worker).marks == {}
    assert lines(worker) == []
