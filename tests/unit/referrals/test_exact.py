"""Who signed in is let in: by an invite for them alone, or added; and what may be in the way."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from tests.builders import GUILD, START
from tests.fakes.referrals import FakeInviteRows
from tests.referring import CODE, OWNER, campaign, link
from tests.unit.slash.fakes import FakeLog
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import InviteTargeted, MemberAdded, Observation
from usher.contracts.observation_codec import decode, encode
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.invites.notes import read_note
from usher.referrals.entering import Ending, NoEntryError, Readiness, Signed, Standing
from usher.referrals.exact import LOOKS, ExactEntry
from usher.referrals.invite_books import BUDGET, InviteBooks
from usher.referrals.model import Mode
from usher.referrals.rules import State
from usher.referrals.service import Landing

CHANNEL = ChannelId("500")
ADA = Signed(UserId("700"), "secret-token")


class QueueDownError(Exception):
    """What the road raises that is closed."""


@dataclass
class House:
    """Everything around the entry."""

    mode: Mode = Mode.TARGETED
    channel: ChannelId | None = CHANNEL
    stands: Standing = Standing.STRANGER
    added: bool = True
    error: NoEntryError | None = None
    readiness: list[Readiness] = field(default_factory=list)
    rows: FakeInviteRows = field(default_factory=FakeInviteRows)
    log: FakeLog = field(default_factory=FakeLog)
    sent: list[Observation] = field(default_factory=list)
    down: bool = False
    calls: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    now: datetime = START

    def standing(self, guild_id: GuildId, user_id: UserId) -> Standing:
        assert (guild_id, user_id) == (GUILD, "700")
        return self.stands

    def add(self, guild_id: GuildId, signed: Signed) -> bool:
        self._call("add")
        assert (guild_id, signed.token) == (GUILD, "secret-token")
        return self.added

    def invite(self, channel_id: ChannelId, user_id: UserId, reason: str) -> InviteCode:
        self._call("invite")
        assert (channel_id, user_id) == ("500", "700")
        assert CODE in reason
        return InviteCode(f"made{self.calls.count('invite')}")

    def ready(self, code: InviteCode) -> Readiness:
        assert code
        return self.readiness.pop(0) if self.readiness else Readiness.READY

    def send(self, observation: Observation) -> None:
        if self.down:
            raise QueueDownError
        assert decode(encode(observation)) == observation
        self.sent.append(observation)
        self.calls.append("send")

    def name_of(self, guild_id: GuildId) -> str:
        return f"Guild {guild_id}"

    def let_in(self) -> str | None:
        closed = (QueueDownError,)
        books = InviteBooks(self.rows, self, self, self.log, lambda: self.now, closed)
        entry = ExactEntry(
            self,
            books,
            self,
            self,
            self.log,
            lambda: self.now,
            lambda: "request",
            self.pauses.append,
            "https://discord.gg",
            closed,
        )
        here = link(invite=InviteCode("shared"), mode=self.mode)
        return entry.let_in(Landing(here, campaign(channel_id=self.channel), State.OPEN, None), ADA)

    def refusal(self) -> Ending:
        with pytest.raises(NoEntryError) as caught:
            self.let_in()
        return caught.value.ending

    def _call(self, what: str) -> None:
        self.calls.append(what)
        if self.error is not None:
            raise self.error


def test_an_invite_is_for_one_person_and_its_link_is_noted_before_it_is_given() -> None:
    house = House()

    assert house.let_in() == "https://discord.gg/made1"

    assert house.calls == ["invite", "send"]
    (told,) = house.sent
    deed, targeted = told.events
    assert isinstance(deed, SettingChanged)
    note = read_note(deed.value)
    assert (deed.name, note.link, note.made_for) == ("code#made1", CODE, OWNER)
    assert targeted == InviteTargeted(InviteCode("made1"), (UserId("700"),), START)
    assert house.let_in() == "https://discord.gg/made1"
    assert house.calls == ["invite", "send"]


def test_an_invite_is_given_when_discord_has_worked_through_its_list() -> None:
    house = House(readiness=[Readiness.PENDING, Readiness.PENDING, Readiness.READY])

    assert house.let_in() == "https://discord.gg/made1"
    assert len(house.pauses) == 2


def test_a_list_that_takes_too_long_is_told_and_found_again() -> None:
    house = House(readiness=[Readiness.PENDING] * LOOKS)

    assert house.refusal() is Ending.CROWDED
    assert house.let_in() == "https://discord.gg/made1"
    assert house.calls.count("invite") == 1


def test_an_invite_that_was_used_or_revoked_is_made_anew() -> None:
    house = House()
    house.let_in()
    house.readiness = [Readiness.GONE]

    assert house.let_in() == "https://discord.gg/made2"


def test_adding_is_said_before_it_is_asked_for_and_after_it_is_done() -> None:
    house = House(mode=Mode.ADDED)

    assert house.let_in() is None

    assert house.calls == ["send", "add", "send"]
    asked, done = (one.events[0] for one in house.sent)
    assert asked == MemberAdded(UserId("700"), START, OWNER, CODE, done=False)
    assert done == MemberAdded(UserId("700"), START, OWNER, CODE)
    assert len({one.id for one in house.sent}) == 2


def test_nobody_is_added_of_whom_nobody_could_be_told() -> None:
    house = House(mode=Mode.ADDED, down=True)

    assert house.refusal() is Ending.UNAVAILABLE
    assert house.calls == []


@pytest.mark.parametrize("mode", [Mode.TARGETED, Mode.ADDED])
@pytest.mark.parametrize(
    ("changes", "ending"),
    [
        ({"stands": Standing.MEMBER}, Ending.MEMBER),
        ({"stands": Standing.BANNED}, Ending.BANNED),
        ({"error": NoEntryError(Ending.UNABLE)}, Ending.UNABLE),
        ({"error": NoEntryError(Ending.FULL)}, Ending.FULL),
    ],
)
def test_what_is_in_the_way_is_said(mode: Mode, changes: dict[str, object], ending: Ending) -> None:
    house = House(mode=mode)
    for name, value in changes.items():
        setattr(house, name, value)

    assert house.refusal() is ending
    assert not any(isinstance(e, MemberAdded) and e.done for o in house.sent for e in o.events)
    assert "secret-token" not in str(house.log.lines)
    assert (ending is Ending.MEMBER) == (house.log.lines == [])


def test_who_got_in_another_way_meanwhile_is_not_the_link_s() -> None:
    house = House(mode=Mode.ADDED, added=False)

    assert house.refusal() is Ending.MEMBER
    assert len(house.sent) == 1


def test_without_a_channel_or_a_budget_there_is_no_shared_invite_instead() -> None:
    assert House(channel=None).refusal() is Ending.UNABLE
    house = House()
    for _ in range(BUDGET):
        house.rows.add(GUILD, house.now)
    assert house.refusal() is Ending.CROWDED


def test_a_token_is_in_no_trace() -> None:
    assert "secret-token" not in repr(ADA)
    assert "secret-token" not in f"{ADA}"
