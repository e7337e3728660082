"""An invite for each visitor, and what they get where there is none to be had."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from tests.builders import GUILD, START, at
from tests.fakes.inviting import FakeDesk
from tests.fakes.referrals import FakeInviteRows
from tests.referring import CODE, OWNER, campaign, click, link
from tests.unit.slash.fakes import FakeLog
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import decode, encode
from usher.funnel.model import trace_of
from usher.ids import ChannelId, GuildId, InviteCode
from usher.invites.notes import read_note
from usher.invites.ports import (
    DeskError,
    DeskFullError,
    DeskLimitedError,
    DeskRefusedError,
    DeskTokenError,
    Wish,
)
from usher.referrals.invite_books import BUDGET
from usher.referrals.managed import ManagedInvites
from usher.referrals.model import Mode
from usher.referrals.rules import State
from usher.referrals.service import Landing

SHARED = InviteCode("shared")
CHANNEL = ChannelId("500")


class QueueDownError(Exception):
    """What the road raises that is closed."""


@dataclass
class House:
    """Everything around the invites."""

    rows: FakeInviteRows = field(default_factory=FakeInviteRows)
    desk: FakeDesk = field(default_factory=FakeDesk)
    log: FakeLog = field(default_factory=FakeLog)
    sent: list[Observation] = field(default_factory=list)
    now: datetime = START
    down: bool = False
    mode: Mode = Mode.MANAGED
    shared: InviteCode | None = SHARED
    channel: ChannelId | None = CHANNEL

    def send(self, observation: Observation) -> None:
        if self.down:
            raise QueueDownError
        self.sent.append(observation)

    def name_of(self, guild_id: GuildId) -> str:
        return f"Guild {guild_id}"

    def ask(self, visitor: str = "visitor") -> str | None:
        service = ManagedInvites(
            self.rows,
            self.desk,
            self,
            self,
            self.log,
            lambda: self.now,
            "https://discord.gg",
            (QueueDownError,),
        )
        offer = campaign(channel_id=self.channel)
        here = link(invite=self.shared, mode=self.mode, platform="youtube")
        clicked = click(visitor=visitor, at=self.now)
        return service.invite_url(Landing(here, offer, State.OPEN, None), clicked)


def test_a_visitor_gets_an_invite_of_their_own_and_its_link_is_noted() -> None:
    house = House()

    assert house.ask() == "https://discord.gg/made1"

    ((wish, why),) = house.desk.made
    assert wish == Wish(ChannelId("500"), 600, 1, temporary=False, unique=True)
    assert CODE in why
    (told,) = house.sent
    assert decode(encode(told)) == told
    (deed,) = told.events
    assert isinstance(deed, SettingChanged)
    assert (told.guild_id, told.guild_name, deed.name) == (GUILD, f"Guild {GUILD}", "code#made1")
    note = read_note(deed.value)
    assert (note.label, note.source, note.campaign) == ("Spring video", "youtube", "Spring")
    assert (note.made_for, note.link) == (OWNER, CODE)


def test_a_visitor_keeps_their_invite_while_it_lives_and_others_get_others() -> None:
    house = House()
    first = house.ask()

    house.now = at(539)
    assert house.ask() == first
    assert house.ask("another") == "https://discord.gg/made2"
    house.now = at(541)
    assert house.ask() == "https://discord.gg/made3"


def test_an_invite_remembers_the_click_that_led_to_it() -> None:
    house = House()
    house.ask()
    house.now = at(100)
    house.ask()

    assert house.rows.traces == {(CODE, "made1"): trace_of(click(visitor="visitor"))}


def test_a_shared_link_makes_no_invites_and_bots_get_none_of_their_own() -> None:
    house = House(mode=Mode.SHARED)

    assert house.ask() == "https://discord.gg/shared"
    house.mode = Mode.MANAGED
    assert house.ask("") == "https://discord.gg/shared"
    house.channel = None
    assert house.ask() == "https://discord.gg/shared"
    assert house.desk.made == []


def test_the_budget_bounds_what_lives_at_a_time() -> None:
    house = House()
    for number in range(BUDGET):
        house.ask(f"v{number}")

    assert house.ask("one more") == "https://discord.gg/shared"
    assert house.log.lines[-1][1] == "invite budget used up"
    house.shared = None
    assert house.ask("one more") is None
    assert len(house.desk.made) == BUDGET
    house.now = at(660)
    assert house.ask("one more") == f"https://discord.gg/made{BUDGET + 1}"


@pytest.mark.parametrize(
    "error",
    [DeskRefusedError(), DeskFullError(), DeskLimitedError(9.0), DeskTokenError(), DeskError()],
)
def test_where_discord_refuses_the_shared_invite_is_given(error: DeskError) -> None:
    house = House()
    house.desk.errors["create"] = error

    assert house.ask() == "https://discord.gg/shared"
    level, words, told = house.log.lines[-1]
    assert (level, words, told["error"]) == ("warning", "invite refused", type(error).__name__)
    house.shared = None
    assert house.ask() is None
    assert house.sent == []


def test_an_invite_of_which_nobody_was_told_is_given_to_nobody() -> None:
    house = House(down=True)

    assert house.ask() == "https://discord.gg/shared"
    assert house.log.lines[-1][1] == "invite not noted"
    house.down = False
    assert house.ask() == "https://discord.gg/made2"
