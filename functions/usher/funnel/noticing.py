"""Telling a guild's admins of conversions that are held for review (SPEC 5.11)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from usher.contracts.effect import TellHeld
from usher.funnel.model import read_journey_id
from usher.funnel.notice_words import news, reminder
from usher.funnel.notices import PAUSE, Notice, Word, word_of
from usher.funnel.ports import NoticeRows, Settling
from usher.ids import GuildId
from usher.referrals.ports import StaleError
from usher.rewards.owed import effect_id
from usher.times import format_time


class Admins(Protocol):
    """The channel in which a guild's admins hear of problems."""

    def tell(self, guild_id: GuildId, message_id: str, sentence: str) -> bool:
        """Post a sentence, once for an id within minutes; False where there is no such channel."""
        ...


@dataclass(frozen=True, slots=True)
class HoldNotices:
    """Implements Holding. What breaks off stays due, and is told again under the same id."""

    rows: NoticeRows
    journeys: Settling
    admins: Admins
    clock: Callable[[], datetime]

    def tell(self, order: TellHeld) -> None:
        """Tell what is new, or once a day that somebody waits."""
        guild_id = order.guild_id
        notice = self.rows.notice(guild_id)
        if notice is None or format_time(notice.due_at) != order.due_at:
            return
        self._settle(guild_id, notice)
        waiting, now = self.rows.waiting(guild_id), self.clock()
        try:
            if not waiting:
                self.rows.over(guild_id, notice)
                return
            said = self._say(guild_id, notice, waiting, now)
            self.rows.told(guild_id, notice, now if said else None, now + PAUSE)
        except StaleError:
            return  # it is due at another time now, or still, and told of again in a minute

    def _settle(self, guild_id: GuildId, notice: Notice) -> None:
        for name in sorted(notice.owing):
            if (meant := read_journey_id(name)) is not None:
                self.journeys.settle(guild_id, *meant)

    def _say(self, guild_id: GuildId, notice: Notice, waiting: int, now: datetime) -> bool:
        word = word_of(notice, waiting, now)
        if word is Word.NOTHING:
            return False
        sentence = news(notice, waiting) if word is Word.NEWS else reminder(waiting)
        id_ = effect_id("held", guild_id, format_time(notice.due_at))
        self.admins.tell(guild_id, id_, sentence)
        return True
