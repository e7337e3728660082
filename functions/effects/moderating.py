"""Moderation, as the effects function does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from usher.automod.ports import Gate
from usher.automod.raiding import Raids
from usher.automod.reacting import Reactions
from usher.automod.table import DynamoCatches, StoredWishes
from usher.contracts.case_effects import CheckMute, LogCase, NoteByHand, PostCard
from usher.contracts.guarding import ReactToAutomod, WatchRaid
from usher.invites.reads import DynamoSettingReads
from usher.moderation.by_hand import ByHand
from usher.moderation.cards import Cards as CardBoard
from usher.moderation.discord_desk import DiscordSanctions, Halls
from usher.moderation.discord_post import DiscordPost
from usher.moderation.ending import Admins, SlotEndings
from usher.moderation.model import SlotKind
from usher.moderation.ports import Orders
from usher.moderation.rulebook import Rules
from usher.moderation.service import Sanctions
from usher.moderation.settling import Settling, Trouble
from usher.moderation.table import DynamoCases
from usher.platform.discord_rest import DiscordRest
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.platform.press_table import PressTable
from usher.slash.presses import Presses, new_token
from usher.timing.ending import Gauge, Handler

type Cases = LogCase | NoteByHand | CheckMute | PostCard


@dataclass(frozen=True, slots=True)
class Moderating:
    """Does effects about cases, and ends bans and mutes."""

    settling: Settling
    slots: SlotEndings
    by_hand: ByHand
    cards: CardBoard
    reactions: Reactions
    raids: Raids

    def do(self, effect: Cases | ReactToAutomod | WatchRaid) -> None:
        """Do an effect; raises ActError, DeskError, DiscordError, errors of table and queue."""
        match effect:
            case LogCase():
                self.settling.log(effect)
            case NoteByHand():
                self.by_hand.note(effect)
            case CheckMute():
                self.slots.returned(effect)
            case PostCard():
                self.cards.show(effect)
            case ReactToAutomod():
                self.reactions.react(effect)
            case WatchRaid():
                self.raids.watch(effect)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What ends what the clock tells of, by kind."""
        slots: dict[str, Handler] = dict.fromkeys(map(str, SlotKind), self.slots)
        return {**slots, "case": self.settling}


def moderating(
    rest: DiscordRest,
    halls: Halls,
    dynamodb: Caller,
    table: str,
    orders: Orders,
    told: tuple[Trouble, Admins, Gauge],
    gate: Gate,
    clock: Callable[[], datetime],
) -> Moderating:
    """Put moderation together."""
    trouble, admins, gauge = told
    settings = DynamoSettingReads(DynamoReads(dynamodb, table))
    rules = Rules(settings)
    desk, post = DiscordSanctions(rest, halls), DiscordPost(rest)
    sanctions = Sanctions(DynamoCases(dynamodb, table), desk, post, orders, rules, clock)
    # Whoever is muted or banned comes first: a log that is limited must not hold ends up.
    settling = Settling(sanctions, trouble, DiscordPost(replace(rest, longest_wait=0.0)))
    slots = SlotEndings(sanctions, settling, admins, gauge.refused)
    presses = Presses(PressTable(dynamodb, table), new_token)
    cards = CardBoard(post, presses, rules, trouble, clock)
    wishes, catches = StoredWishes(settings), DynamoCatches(dynamodb, table)
    reactions = Reactions(wishes, catches, sanctions, desk, rules)
    raids = Raids(wishes, catches, gate, orders, rules)
    return Moderating(settling, slots, ByHand(sanctions), cards, reactions, raids)
