"""Cases that a crash has left: compared with Discord, settled, and shown in the log.

The clock comes back to every case that is pending, or that the log does not show as it is, two
minutes after its last change (`rules.case_due_at`).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from usher.contracts.case_effects import LogCase
from usher.contracts.effect import EndDue
from usher.ids import ChannelId, GuildId
from usher.moderation.model import (
    BEFOREHAND,
    INSISTED,
    Case,
    Kind,
    MessageRef,
    SlotKind,
    Source,
    Status,
    Told,
)
from usher.moderation.ports import CaseBook, Discord, LimitedError, Post
from usher.moderation.rules import SETTLED_AFTER, native_until
from usher.moderation.service import Sanctions
from usher.moderation.words import audit_reason, case_embed, mark, nonce_of
from usher.slash.replies import Reply, message
from usher.slash.say import speaking
from usher.timing.terms import read_key

SAME: Final = timedelta(seconds=2)
"""Between a timeout as asked for and as Discord has it."""
LOST: Final = timedelta(seconds=60)
"""After so long Discord may have forgotten a nonce: what may have been posted is looked for."""
ROUNDS: Final = 5
NOT_DONE: Final = "never reached Discord"


class Trouble(Protocol):
    """What keeps Usher from working, told to the admins."""

    def silent(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Note that a channel cannot be written to."""
        ...


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles cases, and keeps the moderation log as they are."""

    sanctions: Sanctions
    trouble: Trouble
    log_post: Post | None = None
    """Posts to the log without waiting for Discord's limits; None for as anything else."""

    @property
    def _book(self) -> CaseBook:
        return self.sanctions.book

    @property
    def _discord(self) -> Discord:
        return self.sanctions.discord

    @property
    def _post(self) -> Post:
        return self.log_post or self.sanctions.post

    @property
    def _clock(self) -> Callable[[], datetime]:
        return self.sanctions.clock

    def end(self, order: EndDue) -> bool:
        """Do what is left to do about a case; nothing that would count as late ends by it."""
        _, number = read_key(order.key)
        with suppress(LimitedError):  # the clock comes back
            self.settle(order.guild_id, int(number))
        return False

    def log(self, order: LogCase) -> None:
        """Show a case in the log, once it is settled; raises ActError and errors of the table."""
        case = self._book.find(order.guild_id, order.number)
        if case is not None and case.status is not Status.PENDING:
            with suppress(LimitedError):  # many cases at once; the clock comes back to this one
                self._show(case)

    def settle(self, guild_id: GuildId, number: int) -> None:
        """Settle a case that nobody works on any more, and show it; raises the same."""
        case = self._book.find(guild_id, number)
        if case is None:
            return
        if case.status is Status.PENDING:
            if self._clock() < case.at + SETTLED_AFTER:
                return
            case = self._compared(case)
        if case.logged < case.version:
            self._show(case)

    def _compared(self, case: Case) -> Case:
        """Make a case what Discord says it is."""
        settings = self.sanctions.rulebook.read(case.guild_id)
        if case.kind in (Kind.WARN, Kind.NOTE):
            return self.sanctions.carry_out(case, settings, again=True)
        if case.source is Source.BY_HAND:
            known = self.sanctions.recognised(case) if case.kind is Kind.BAN else case
            return self.sanctions.settle(known, done=True)
        if not self._is_done(case):
            if case.source in INSISTED and (case.until is None or case.until > self._clock()):
                return self.sanctions.carry_out(case, settings, again=True)
            return self.sanctions.give_up(case, NOT_DONE)
        if case.kind is Kind.BAN:
            case = self.sanctions.recognised(case)
        if case.kind in BEFOREHAND and case.told is Told.NOT_YET:
            sent = self.sanctions.telling.sent(case)
            case = replace(case, told=Told.OFF if sent is None else Told.YES, message=sent)
        elif case.kind not in BEFOREHAND:
            case = self.sanctions.telling.tell(case, settings, again=True)
        return self.sanctions.settle(case, done=True)

    def _is_done(self, case: Case) -> bool:
        """Ask Discord whether what a case says has happened."""
        guild, user = case.guild_id, case.user_id
        match case.kind:
            case Kind.BAN:
                return self._discord.banned(guild, user) is not None
            case Kind.UNBAN:
                return self._discord.banned(guild, user) is None
            case Kind.SOFTBAN if self._discord.banned(guild, user) is not None:
                # Halfway. A newer ban is not lifted by it.
                slot = self._book.slot(guild, SlotKind.BAN, user)
                if slot.pending == case.number and slot.case is None:
                    self._discord.unban(guild, user, audit_reason(case))
                return True
            case _:
                pass
        member = self._discord.member(guild, user)
        if case.kind is Kind.UNMUTE:
            until = None if member is None else member.muted_until
            return until is None or until <= self._clock()
        if case.kind is Kind.MUTE:
            until = None if member is None else member.muted_until
            return until is not None and abs(until - native_until(case.until, case.at)) <= SAME
        return member is None or (member.joined_at is not None and member.joined_at > case.at)

    def _show(self, case: Case) -> None:
        """Make the log's message say how a case stands, until it does."""
        settings = self.sanctions.rulebook.read(case.guild_id)
        current: Case | None = case
        for _ in range(ROUNDS):
            if current is None or current.status is Status.PENDING:
                return
            with speaking(settings.locale):
                embed = case_embed(current, self._clock())
            shown = None
            if settings.log_channel_id is not None or current.log is not None:
                body = message(Reply(embeds=(embed,)))
                shown = self._write(current, settings.log_channel_id, body)
            if self._book.logged(current, shown):
                return
            current = self._book.find(case.guild_id, case.number)

    def _write(
        self, case: Case, channel_id: ChannelId | None, body: dict[str, object]
    ) -> MessageRef | None:
        """Edit the log's message, or post it; None where there is none to be."""
        if case.log is not None and self._post.edit(case.log, body):
            return case.log
        if channel_id is None:
            return None
        last = case.entries[-1].at if case.entries else case.at
        if case.log is None and self._clock() - last > LOST:
            known = self._post.posted(channel_id, mark(case))
            if known is not None and self._post.edit(known, body):
                return known
        posted = self._post.post(channel_id, body, nonce_of(case.guild_id, case.number, "c"))
        if posted is None:
            self.trouble.silent(case.guild_id, channel_id)
        return posted
