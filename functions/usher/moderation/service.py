"""From what a moderator asks to a case that Discord, the member and the log agree on.

First the guard; then the case, pending; then, for who will be gone, the message; then Discord; then
the case is settled. Every step may be repeated. What a crash leaves pending is compared with
Discord by `settling.py`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

from usher.contracts.case_effects import LogCase
from usher.frozen import frozen
from usher.ids import GuildId, UserId
from usher.moderation.climbing import Climbing
from usher.moderation.failing import WHY, done_already
from usher.moderation.guard import Asked, Target, refusal
from usher.moderation.model import (
    BEFOREHAND,
    INSISTED,
    Case,
    Change,
    Kind,
    Slot,
    Source,
    Status,
    Told,
    slot_key,
)
from usher.moderation.order import Order, RefusedError, Rulebook, draft, with_copies
from usher.moderation.ports import (
    ActError,
    CaseBook,
    Discord,
    Files,
    LimitedError,
    MissingError,
    Orders,
    Post,
    StaleError,
    UncertainError,
)
from usher.moderation.rules import changed, native_until, settled, slot_of
from usher.moderation.settings import ModSettings
from usher.moderation.telling import Telling
from usher.moderation.words import audit_reason, nonce_of
from usher.timing.terms import AHEAD, delay, end_due

ATTEMPTS: Final = 20


@frozen
class Sanctions:
    """Carries out what moderators and the server's own rules ask for."""

    book: CaseBook
    discord: Discord
    post: Post
    orders: Orders
    rulebook: Rulebook
    clock: Callable[[], datetime]
    files: Files | None = None
    """Keeps copies of evidence; None where none comes."""

    @property
    def telling(self) -> Telling:
        """What tells members."""
        return Telling(self.discord, self.post)

    def do(self, order: Order) -> Case:
        """Carry out an order once; return its case, however it came out.

        Raises RefusedError where the guard refuses, and ActError where Discord does: then nothing
        is done, except that after UncertainError the case is settled two minutes later.
        """
        known = self.book.by_key(order.guild_id, order.key)
        if known is not None:
            return known  # another delivery is at it, or has left it to the clock
        settings = self.rulebook.read(order.guild_id)
        self.admit(order, settings)
        case = self.book.open(draft(with_copies(order, self.files)))
        if case.status is not Status.PENDING:
            return case
        return self.carry_out(case, settings, again=False)

    def admit(self, order: Order, settings: ModSettings) -> None:
        """Ask the guard; what stands in the way is looked at afresh. Raises RefusedError."""
        target = self._target(order.guild_id, order.user_id)
        asked = Asked(order.guild_id, order.action, order.actor, target, order.confirmed)
        found = refusal(asked, self.discord.hall(order.guild_id), settings.roles)
        if found is not None:
            hall = self.discord.hall(order.guild_id, fresh=True)
            found = refusal(asked, hall, settings.roles)
        if found is not None:
            raise RefusedError(found)

    def carry_out(self, case: Case, settings: ModSettings, *, again: bool) -> Case:
        """Do what a pending case is about; `again` where an earlier try may have begun.

        Raises ActError.
        """
        if case.kind in BEFOREHAND or case.kind is Kind.WARN:
            case = self.telling.tell(case, settings, again=again)
        if case.kind is Kind.WARN:
            self._climb(case, settings)
        try:
            self._act(case)
        except UncertainError:
            raise
        except ActError as error:
            if isinstance(error, LimitedError) and case.source in INSISTED:
                raise  # nobody is there to ask again: the clock does
            self.give_up(case, WHY.get(type(error), WHY[ActError]))
            raise
        if case.kind is Kind.BAN:
            with done_already():
                case = self.recognised(case)
        if case.told is Told.NOT_YET:
            case = self.telling.tell(case, settings, again=again)
        return self.settle(case, done=True)

    def give_up(self, case: Case, why: str) -> Case:
        """Take the message back and close a case that was not done; raises ActError.

        The message goes first: a case that is closed is looked at no more.
        """
        case = self.telling.retract(case)
        return self.settle(case, done=False, text=why)

    def settle(self, case: Case, *, done: bool, text: str = "") -> Case:
        """Write down that a case is done, or that it is not; nothing newer is undone by it."""
        current: Case | None = case
        for _ in range(ATTEMPTS):
            if current is None or current.status is not Status.PENDING:
                return current or case
            try:
                return self._settle(current, done=done, text=text)
            except StaleError:
                fresh = self.book.find(case.guild_id, case.number)
                current = fresh and replace(
                    fresh, told=case.told, message=case.message, standing=case.standing
                )
        raise StaleError

    def _settle(self, case: Case, *, done: bool, text: str) -> Case:
        kind, now = slot_of(case), self.clock()
        change = Change.DONE if done else Change.FAILED
        status = Status.ACTIVE if done else Status.FAILED
        if kind is None:
            after = changed(case, now, None, change, text, status=status)
            self.book.change(after)
            self.log(after)
            return after
        slot = self.book.slot(case.guild_id, kind, case.user_id)
        late = case.source is Source.BY_HAND and self._is_late(case, slot)
        found = settled(slot, case, done=done and not late)
        if found.outdated or late:
            status = Status.ENDED
        after = changed(case, now, None, change, text, status=status)
        others = [] if found.replaced is None else self._replaced(found.replaced, case, now)
        self.book.change(after, *others, slot=found.slot)
        self.log(after, *others)
        self._end_soon(found.slot, now)
        return after

    def _is_late(self, case: Case, slot: Slot) -> bool:
        """Whether something newer was put in force before an act by hand was told."""
        numbers = [one for one in (slot.case, slot.pending) if one not in (None, case.number)]
        found = [self.book.find(case.guild_id, number) for number in numbers if number is not None]
        return any(one is not None and one.at > case.at for one in found)

    def _end_soon(self, slot: Slot, now: datetime) -> None:
        """Order the end of what ends before a sweep would see it."""
        due_at = slot.due_at
        if due_at is not None and due_at - now <= AHEAD:
            order = end_due(slot.guild_id, slot_key(slot.kind, slot.user_id), due_at)
            self.orders.send([order], delay(due_at, now))

    def _replaced(self, number: int, by: Case, now: datetime) -> list[Case]:
        """Close the case that was in force until now."""
        before = self.book.find(by.guild_id, number)
        if before is None or before.status is not Status.ACTIVE:
            return []
        newer = by.kind in (Kind.BAN, Kind.MUTE)
        change = Change.REPLACED if newer else Change.LIFTED
        said = f"Case {by.number}"
        return [changed(before, now, by.by, change, said, status=Status.ENDED)]

    def log(self, *cases: Case) -> None:
        """Have cases shown in the log; where this is lost, the clock comes back to them."""
        self.orders.send(
            [
                LogCase(
                    nonce_of(one.guild_id, one.number, f"l{one.version}."), one.guild_id, one.number
                )
                for one in cases
            ]
        )

    def recognised(self, case: Case) -> Case:
        """Note what Discord keeps of a ban, so that it is known from a later one."""
        held = self.discord.banned(case.guild_id, case.user_id)
        return case if held is None else replace(case, standing=held.reason)

    def _act(self, case: Case) -> None:
        guild, user, reason = case.guild_id, case.user_id, audit_reason(case)
        match case.kind:
            case Kind.BAN:
                self.discord.ban(guild, user, case.delete_seconds, reason)
            case Kind.SOFTBAN:
                self.discord.ban(guild, user, case.delete_seconds, reason)
                with done_already():
                    self.discord.unban(guild, user, reason)
            case Kind.KICK:
                self.discord.kick(guild, user, reason)
            case Kind.MUTE:
                self.discord.mute(guild, user, native_until(case.until, case.at), reason)
            case Kind.UNMUTE:
                try:
                    self.discord.mute(guild, user, None, reason)
                except MissingError:
                    return  # they will not be muted again when they come back
            case Kind.UNBAN:
                self.discord.unban(guild, user, reason)
            case Kind.WARN | Kind.NOTE:
                return
            case _:
                assert_never(case.kind)

    def _climb(self, case: Case, settings: ModSettings) -> None:
        """Do what the points of a warning lead to."""
        for order in Climbing(self.book, self.discord, self.clock).climb(case, settings):
            try:
                self.do(order)
            except (RefusedError, ActError):
                continue  # the warning stands; the case of the rung, if any, says what became of it

    def _target(self, guild_id: GuildId, user_id: UserId) -> Target:
        """Look at a member; raises MissingError for who is no user at all."""
        found = self.discord.member(guild_id, user_id)
        if found is not None:
            return Target(user_id, found.bot, True, found.roles)
        account = self.discord.account(user_id)
        if account is None:
            raise MissingError
        return Target(user_id, account.bot, False)
