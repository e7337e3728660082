"""Of several events about one message one sanction follows, by the rule's own wish."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.builders import GUILD, at
from tests.fakes.automod import FakeCatches, FakeWishes
from usher.automod.model import Policy, Reaction, Step
from usher.automod.reacting import Reactions
from usher.contracts.guarding import ReactToAutomod
from usher.ids import GuildId, UserId
from usher.moderation.guard import Action, Refusal
from usher.moderation.model import Case
from usher.moderation.order import Order, RefusedError, draft
from usher.moderation.ports import ActError, ForbiddenError
from usher.moderation.settings import ModSettings
from usher.rewards.hierarchy import Hall
from usher.times import format_time

OWN = UserId("900")
POLICY = Policy(
    "Bad words",
    (
        Reaction(Step.MUTE, length=timedelta(hours=1)),
        Reaction(Step.BAN, "worst*"),
        Reaction(Step.WARN, "mild", points=2),
    ),
)


@dataclass
class Room:
    """Reactions over fakes; implements Court, Halls and Rulebook."""

    wishes: FakeWishes = field(default_factory=lambda: FakeWishes({"5": POLICY}))
    catches: FakeCatches = field(default_factory=FakeCatches)
    done: dict[str, Order] = field(default_factory=dict)
    error: Exception | None = None
    there: bool = True

    def do(self, order: Order) -> Case:
        if self.error:
            raise self.error
        self.done.setdefault(order.key, order)
        return draft(order)

    def hall(self, guild_id: GuildId, *, fresh: bool = False) -> Hall | None:
        del fresh
        if not self.there:
            return None
        return Hall(guild_id, "A guild", UserId("1"), {}, OWN, frozenset())

    def read(self, guild_id: GuildId) -> ModSettings:
        del guild_id
        return ModSettings()

    def caught(
        self, seconds: float, rule: str = "5", word: str | None = None, id_: str = ""
    ) -> None:
        told = ReactToAutomod(
            id_ or f"e{seconds}", GUILD, rule, UserId("7"), format_time(at(seconds)), keyword=word
        )
        Reactions(self.wishes, self.catches, self, self, self).react(told)

    @property
    def orders(self) -> list[Order]:
        return list(self.done.values())


def test_three_events_of_one_message_are_one_sanction() -> None:
    room = Room()

    for seconds in (0, 0.2, 0.4):
        room.caught(seconds)

    [order] = room.orders
    assert (order.action, order.user_id, order.until) == (Action.MUTE, "7", at(3600))
    assert order.actor.by_rule
    assert order.actor.user_id == OWN
    assert order.reason == "Auto moderation: Bad words"


def test_the_next_message_is_another() -> None:
    room = Room()

    for seconds in (0, 10, 15.5):
        room.caught(seconds)

    assert [order.at for order in room.orders] == [at(0), at(15.5)]


def test_a_word_has_its_own_reaction() -> None:
    room = Room()

    room.caught(0, word="worst*")
    room.caught(60, word="mild")
    room.caught(120, word="other")

    assert [order.action for order in room.orders] == [Action.BAN, Action.WARN, Action.MUTE]
    assert [order.points for order in room.orders] == [0, 2, 0]
    assert room.orders[0].until is None
    assert room.orders[0].reason == "Auto moderation: Bad words (worst*)"


def test_a_rule_without_a_wish_is_left_to_discord() -> None:
    room = Room()

    room.caught(0, rule="6")

    assert room.orders == []
    assert room.catches.caught == {}


@pytest.mark.parametrize("error", [RefusedError(Refusal.ABOVE_BOT), ForbiddenError()])
def test_who_stands_above_is_left_alone(error: Exception) -> None:
    room = Room(error=error)

    room.caught(0)

    assert room.orders == []


def test_what_discord_did_not_do_is_tried_again() -> None:
    room = Room(error=ActError())
    with pytest.raises(ActError):
        room.caught(0, id_="same")
    room.error = None

    room.caught(0, id_="same")

    assert len(room.orders) == 1


def test_a_guild_without_usher_is_left_alone() -> None:
    room = Room(there=False)

    room.caught(0)

    assert room.orders == []
