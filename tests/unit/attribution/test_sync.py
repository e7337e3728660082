"""Discord's invites against ours: what differs, and what a repair does and does not."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from tests.builders import GUILD, at, joined, look, observe, row, vanity
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.model import CodeStatus
from usher.attribution.outcomes import Attributed
from usher.attribution.sync import Difference, Fault, Held, Listed, compare, lasting
from usher.attribution.sync_service import Seen, SyncService
from usher.contracts.observation import InviteLook, InviteRow, Observation, VanityLook
from usher.contracts.observation_codec import decode, encode
from usher.credit.queries import Tally
from usher.ids import VANITY, GuildId, InviteCode, UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line

ABC, DEF = InviteCode("abc"), InviteCode("def")
IDA = UserId("900")


@pytest.mark.parametrize(
    ("held", "listed", "fault"),
    [
        (Held(3, IDA), Listed(3, IDA), None),
        (Held(3, IDA), Listed(5, IDA), Fault.BEHIND),
        (Held(None, IDA), Listed(5, IDA), Fault.BEHIND),
        (Held(5, IDA), Listed(3, IDA), Fault.AHEAD),
        (Held(5, IDA), Listed(None, IDA), None),
        (None, Listed(0, IDA), Fault.MISSING),
        (Held(5, IDA), None, Fault.ENDED),
        (Held(5, IDA, active=False), None, None),
        (Held(5, IDA, active=False), Listed(5, IDA), Fault.REVIVED),
        (Held(5, None), Listed(5, IDA), Fault.NO_INVITER),
        (Held(5, None), Listed(5, None), None),
        (Held(3, None), Listed(5, IDA), Fault.BEHIND),
    ],
)
def test_a_code_differs_in_one_way(
    held: Held | None, listed: Listed | None, fault: Fault | None
) -> None:
    ours = {} if held is None else {ABC: held}
    theirs = {} if listed is None else {ABC: listed}

    found = compare(ours, theirs)

    expected = () if fault is None else (Difference(ABC, fault, held, listed),)
    assert found == expected
    assert bool(lasting(found)) == (fault in (Fault.AHEAD, Fault.REVIVED))


def test_differences_are_in_order_of_code() -> None:
    theirs = {InviteCode(code): Listed(1, None) for code in "cab"}

    assert [one.code for one in compare({}, theirs)] == ["a", "b", "c"]


@dataclass
class Server:
    """Discord and the event worker around the service."""

    worker: Worker = field(default_factory=Worker)
    rows: tuple[InviteRow, ...] = ()
    vanity: VanityLook | None = None
    seconds: float = 100
    busy: bool = False
    asked_vanity: list[bool] = field(default_factory=list)
    carried: list[Observation] = field(default_factory=list)

    @property
    def service(self) -> SyncService:
        return SyncService(self, self, self, lambda: at(self.seconds + 1))

    @property
    def guilds(self) -> FakeGuilds:
        assert isinstance(self.worker.guilds, FakeGuilds)
        return self.worker.guilds

    def look(self, guild_id: GuildId, *, vanity: bool) -> Seen:
        assert guild_id == GUILD
        self.asked_vanity.append(vanity)
        seen = InviteLook(at=at(self.seconds), status=200, rows=self.rows)
        return Seen(seen, self.vanity if vanity else None, ((IDA, "ida"),))

    def held(self, guild_id: GuildId) -> dict[InviteCode, Held]:
        if guild_id not in self.guilds.guilds:
            return {}
        codes = {code: held.now for code, held in self.guilds.guilds[guild_id].codes.items()}
        return {
            code: Held(state.uses, state.inviter_id, state.status is CodeStatus.ACTIVE)
            for code, state in codes.items()
        }

    def name_of(self, guild_id: GuildId) -> str:
        assert guild_id == GUILD
        return "A guild"

    def carry(self, observation: Observation) -> bool:
        self.carried.append(observation)
        if not self.busy:
            self.worker.handle(decode(encode(observation)))
        return not self.busy

    def lines(self) -> list[Line]:
        kept = self.worker.objects.under("lines/").values()
        return [read_line(content) for content in kept]

    def tracked(self) -> dict[str, int]:
        counters = self.guilds.guilds[GUILD].counters
        return {who: one.tracked for (who, period), one in counters.items() if period == "all"}


@pytest.fixture
def server() -> Server:
    """A server that was looked at once: two codes, one of them limited."""
    made = Server()
    made.worker.handle(
        observe(look=look(row("abc", 3), row("def", 0, "901", 5), seconds=-700), seconds=-700)
    )
    made.rows = (row("abc", 3), row("def", 0, "901", 5))
    return made


def test_two_that_agree_have_no_difference(server: Server) -> None:
    found = server.service.compare(GUILD)

    assert (found.listed, found.active, found.differences, found.hidden) == (2, 2, (), False)


def test_a_repair_takes_counts_new_codes_and_ends_over_and_credits_nobody(server: Server) -> None:
    # Given counts that moved, a code that was made and one that ended, all unseen
    server.rows = (row("abc", 7), row("new", 2, "902"))
    before = [one.fault for one in server.service.compare(GUILD).differences]
    assert before == [Fault.BEHIND, Fault.ENDED, Fault.MISSING]

    # When it is repaired
    done = server.service.repair(GUILD, "55")

    # Then nothing differs, and nobody has credit or a line
    assert done is not None
    assert [one.fault for one in done.repaired] == before
    assert done.left == ()
    assert server.service.compare(GUILD).differences == ()
    assert server.held(GUILD)[ABC] == Held(7, IDA)
    assert server.lines() == []
    assert server.tracked() == {}


def test_a_join_ten_minutes_after_a_repair_is_exact_again(server: Server) -> None:
    server.rows = (row("abc", 7), row("def", 0, "901", 5))
    server.service.repair(GUILD, "55")

    seen = look(row("abc", 8), row("def", 0, "901", 5), seconds=901)
    server.worker.handle(observe(joined("7", 900), look=seen, seconds=902))

    [line] = server.lines()
    assert line.word is not None
    assert (line.word.code, line.word.confidence.value) == ("abc", "exact")
    assert (line.word.uses_before, line.word.uses_after) == (7, 8)


def test_a_count_that_moves_soon_after_a_repair_may_be_late_and_convinces_nobody(
    server: Server,
) -> None:
    server.rows = (row("abc", 7), row("def", 0, "901", 5))
    server.service.repair(GUILD, "55")

    seen = look(row("abc", 8), row("def", 0, "901", 5), seconds=201)
    server.worker.handle(observe(joined("7", 200), look=seen, seconds=202))

    [line] = server.lines()
    assert line.word is not None
    assert (line.word.code, line.word.confidence.value) == (None, "ambiguous")
    assert "abc" in line.word.candidates


@pytest.mark.parametrize("order", ["join first", "repair first"])
def test_a_join_whose_count_lags_is_not_given_to_a_code_that_moved_unseen(
    server: Server, order: str
) -> None:
    # Given abc moved unseen, and a join by def whose count is not shown yet
    server.rows = (row("abc", 4), row("def", 0, "901", 5))
    join = observe(joined("7", 99), seconds=99.2)

    # When the repair comes in between
    if order == "join first":
        server.worker.handle(join)
        server.service.repair(GUILD, "55")
    else:
        server.service.repair(GUILD, "55")
        server.worker.handle(join)

    # Then nobody is credited by what moved unseen
    words = [line.word for line in server.lines() if line.word is not None]
    assert all(word.inviter_id is None for word in words)
    assert server.tracked() == {}

    # And the true code explains the join once it is shown
    shown = look(row("abc", 4), row("def", 1, "901", 5), seconds=120)
    server.worker.handle(observe(look=shown, seconds=121))
    last = max(server.lines(), key=lambda line: line.timestamp).word
    assert last is not None
    assert last.inviter_id in ("901", None)
    assert "900" not in server.tracked()


def test_a_repair_hides_no_absence_of_the_listener(server: Server) -> None:
    # Given the listener went away, and somebody repaired meanwhile
    guild = server.guilds.guilds[GUILD]
    away = guild.head.seen_at
    assert away is not None
    server.service.repair(GUILD, "55")

    # Then joins missed before and after the repair lie in an absence all the same
    back = observe(joined("9", 300), look=look(*server.rows, seconds=301), seconds=302)
    server.worker.handle(replace(back, gap=True))
    gaps = server.guilds.guilds[GUILD].head.gaps
    for moment in (away + timedelta(seconds=1), at(100), at(250)):
        assert any(began <= moment <= ended for began, ended in gaps)


def test_the_same_repair_is_done_once(server: Server) -> None:
    server.rows = (row("abc", 7), row("def", 0, "901", 5))

    server.service.repair(GUILD, "55")
    version = server.guilds.guilds[GUILD].head.version
    server.service.repair(GUILD, "55")

    assert server.guilds.guilds[GUILD].head.version == version
    assert [one.id for one in server.carried] == ["sync.55", "sync.55"]
    assert all(one.gap for one in server.carried)


def test_counts_never_fall(server: Server) -> None:
    server.rows = (row("abc", 1), row("def", 0, "901", 5))

    done = server.service.repair(GUILD, "55")

    assert done is not None
    assert done.repaired == ()
    assert [one.fault for one in done.left] == [Fault.AHEAD]
    assert server.held(GUILD)[ABC].uses == 3


def test_a_busy_event_worker_is_told(server: Server) -> None:
    server.busy = True

    assert server.service.repair(GUILD, "55") is None


def test_a_server_never_seen_takes_its_first_look(server: Server) -> None:
    fresh = Server(rows=server.rows)

    done = fresh.service.repair(GUILD, "55")

    assert done is not None
    assert [one.fault for one in done.repaired] == [Fault.MISSING] * 2
    assert fresh.held(GUILD)[DEF] == Held(0, UserId("901"))


def test_the_vanity_code_is_compared_where_there_is_one(server: Server) -> None:
    server.worker.handle(observe(vanity=vanity("cool", 5, -600), seconds=-600))
    server.vanity = vanity("cool", 9, 100)

    found = server.service.compare(GUILD)
    done = server.service.repair(GUILD, "55")

    assert server.asked_vanity == [True, True]
    assert found.listed == 3
    [difference] = found.differences
    assert difference == Difference(
        InviteCode("cool"), Fault.BEHIND, Held(5, VANITY), Listed(9, VANITY)
    )
    assert done is not None
    assert done.repaired == (difference,)
    assert Tally(tracked=4) not in server.guilds.guilds[GUILD].counters.values()


def test_a_vanity_code_that_discord_does_not_tell_of_is_no_difference(server: Server) -> None:
    server.worker.handle(observe(vanity=vanity("cool", 5, -600), seconds=-600))

    assert server.service.compare(GUILD).differences == ()


def test_hidden_counts_are_told(server: Server) -> None:
    server.rows = (row("abc", None), row("def", None, "901", 5))

    assert server.service.compare(GUILD).hidden


def test_no_repair_attributes(server: Server) -> None:
    # Given a join that nothing explains, and counts that moved unseen
    seen = look(row("abc", 3), row("def", 0, "901", 5), seconds=50)
    server.worker.handle(observe(joined("7", 49), look=seen, seconds=51))
    server.rows = (row("abc", 4), row("def", 0, "901", 5))

    server.service.repair(GUILD, "55")

    [join] = server.guilds.guilds[GUILD].head.open.joins
    assert not isinstance(join.outcome, Attributed)
    assert server.tracked() == {}
