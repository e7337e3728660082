"""Bans and mutes whose time is over, long mutes that need renewing, and members who come back.

Discord first, then the row, on condition of what was read: nothing newer is ever lifted, and what
was lifted already is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol

from usher.contracts.case_effects import CheckMute
from usher.contracts.effect import EndDue
from usher.ids import GuildId, UserId
from usher.moderation.model import Case, Change, Kind, Slot, SlotKind, Status, due_key
from usher.moderation.ports import CaseBook, Discord, ForbiddenError, MissingError, StaleError
from usher.moderation.rules import (
    WORTH_IT,
    changed,
    emptied,
    is_ban_of,
    native_until,
    postponed,
    renewed_at,
    with_renewal,
)
from usher.moderation.service import Sanctions
from usher.moderation.settling import Settling
from usher.moderation.words import audit_reason
from usher.slash import text
from usher.slash.replies import Reply, message
from usher.slash.say import later, say, speaking
from usher.times import format_time
from usher.timing.terms import read_key

OVER: Final = "Case {number}: its time is over"
RENEWED: Final = "Case {number}: goes on"
_REFUSED: Final = {
    SlotKind.BAN: later(
        "I could not lift the ban of {user} (case {number}), whose time is over: Discord refuses. "
        "I need Ban Members. I keep trying."
    ),
    SlotKind.MUTE: later(
        "I could not see to the mute of {user} (case {number}): Discord refuses. I need Timeout "
        "Members, and a role above theirs. I keep trying."
    ),
}


class Admins(Protocol):
    """The channel in which a guild's admins hear of problems."""

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        """Post a sentence, once for an id within minutes; False where there is no such channel."""
        ...


@dataclass(frozen=True, slots=True)
class SlotEndings:
    """Ends what slots hold, as the clock asks for it. Implements timing's Handler."""

    sanctions: Sanctions
    settling: Settling
    admins: Admins
    refused: Callable[[str], None] = lambda _: None
    """Told of a kind whose end Discord refuses."""

    @property
    def _book(self) -> CaseBook:
        return self.sanctions.book

    @property
    def _discord(self) -> Discord:
        return self.sanctions.discord

    def end(self, order: EndDue) -> bool:
        """Look at a slot, if the order still speaks of it; say whether something has ended.

        Raises ActError for what may work when it is tried again.
        """
        kind, user_id = read_key(order.key)
        slot = self._book.slot(order.guild_id, SlotKind(kind), UserId(user_id))
        due_at = slot.due_at
        if due_at is None or format_time(due_at) != order.due_at:
            return False
        if slot.pending is not None:
            # Nothing ends while it is not known what is in force.
            self.settling.settle(slot.guild_id, slot.pending)
            return False
        case = None if slot.case is None else self._book.find(slot.guild_id, slot.case)
        if case is None:
            return False
        try:
            return self._see_to(slot, case)
        except ForbiddenError:
            self._keep(slot, case)
            return False

    def returned(self, order: CheckMute) -> None:
        """Mute again who left and came back, if enough of it is left; raises as above."""
        slot = self._book.slot(order.guild_id, SlotKind.MUTE, order.user_id)
        now = self.sanctions.clock()
        if slot.case is None or slot.pending is not None:
            return
        if slot.until is not None and slot.until - now < WORTH_IT:
            return
        try:
            self._renew(slot, now)
        except ForbiddenError:
            case = self._book.find(slot.guild_id, slot.case)
            if case is not None:
                self._keep(slot, case)

    def _see_to(self, slot: Slot, case: Case) -> bool:
        now = self.sanctions.clock()
        if slot.until is None or slot.until > now:
            if slot.kind is SlotKind.MUTE:
                self._renew(slot, now)
            return False
        # A timeout ends by itself; one that goes on was lengthened by somebody else.
        if slot.kind is SlotKind.BAN and not self._lift(slot, case):
            return self._close(slot, case, now, Change.REPLACED, "another ban, made in Discord")
        return self._close(slot, case, now, Change.EXPIRED)

    def _lift(self, slot: Slot, case: Case) -> bool:
        """Lift a ban that is still the case's own; False where somebody has banned them anew."""
        held = self._discord.banned(slot.guild_id, slot.user_id)
        if held is None:
            return True
        if not is_ban_of(case, held.reason):
            return False
        reason = OVER.format(number=case.number)
        self._discord.unban(slot.guild_id, slot.user_id, reason)
        return True

    def _renew(self, slot: Slot, now: datetime) -> None:
        """Ask Discord for as much of a mute as it takes; members only can be muted."""
        until = native_until(slot.until, now)
        try:
            reason = RENEWED.format(number=slot.case)
            self._discord.mute(slot.guild_id, slot.user_id, until, reason)
        except MissingError:
            pass  # they are muted again when they come back
        try:
            self._book.change(slot=with_renewal(slot, renewed_at(slot.until, now)))
        except StaleError:
            return  # a newer one is about to be in force

    def _close(self, slot: Slot, case: Case, now: datetime, change: Change, said: str = "") -> bool:
        """Mark what has ended; False where something newer was written meanwhile."""
        after = [changed(case, now, None, change, said, status=Status.ENDED)]
        if case.status is not Status.ACTIVE:
            after = []
        try:
            self._book.change(*after, slot=emptied(slot))
        except StaleError:
            self._hold(slot)
            return False
        self.sanctions.log(*after)
        return True

    def _hold(self, before: Slot) -> None:
        """Ban again where a newer ban was written while the one before it was being lifted."""
        slot = self._book.slot(before.guild_id, before.kind, before.user_id)
        number = slot.pending or slot.case
        if slot.kind is not SlotKind.BAN or number is None or number == before.case:
            return
        newer = self._book.find(slot.guild_id, number)
        if newer is not None and newer.kind is Kind.BAN:
            self._discord.ban(slot.guild_id, slot.user_id, 0, audit_reason(newer))

    def _keep(self, slot: Slot, case: Case) -> None:
        """Try again later; the admins are told the first time."""
        self.refused(slot.kind.value)
        if slot.tries == 0:
            settings = self.sanctions.rulebook.read(slot.guild_id)
            with speaking(settings.locale):
                words = say(_REFUSED[slot.kind], user=text.user(slot.user_id), number=case.number)
            nonce = _message_id(case)
            told = self.admins.tell(slot.guild_id, nonce, words)
            if not told and settings.log_channel_id is not None:
                body = message(Reply(words))
                self.sanctions.post.post(settings.log_channel_id, body, nonce)
        try:
            self._book.change(slot=postponed(slot, self.sanctions.clock()))
        except StaleError:
            return


def _message_id(case: Case) -> str:
    said = ("refused", case.guild_id, due_key(case.number))
    return sha256("|".join(said).encode()).hexdigest()[:25]
