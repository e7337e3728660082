"""Telling members what is done about them, and taking it back."""

from dataclasses import replace
from typing import Final

from usher.frozen import frozen
from usher.moderation.model import BEFOREHAND, Case, Kind, MessageRef, Told
from usher.moderation.ports import ActError, Discord, Post
from usher.moderation.settings import ModSettings
from usher.moderation.words import mark, nonce_of, told_embed
from usher.slash.replies import Reply, message
from usher.slash.say import later, say, speaking

APPEAL: Final = later("Use `/myhistory` in the server, and press Appeal.")
APPEAL_AT: Final = later("Appeal at <{link}>.")


@frozen
class Telling:
    """Sends direct messages; each case has at most one."""

    discord: Discord
    post: Post

    def tell(self, case: Case, settings: ModSettings, *, again: bool) -> Case:
        """Tell a member what is done about them. That they cannot be told stops nothing.

        `again` where an earlier try may have told them.
        """
        # Who was banned shares no server with Usher: no message would arrive.
        if case.kind in (Kind.NOTE, Kind.UNBAN) or not settings.dm:
            return replace(case, told=Told.OFF)
        if case.told is not Told.NOT_YET:
            return case
        try:
            sent = self.sent(case) if again else None
            sent = sent or self._send(case, settings)
        except ActError:
            sent = None
        return replace(case, told=Told.CLOSED if sent is None else Told.YES, message=sent)

    def sent(self, case: Case) -> MessageRef | None:
        """Find the message of a case; raises ActError."""
        return case.message or self.post.told(case.user_id, mark(case))

    def retract(self, case: Case) -> Case:
        """Take back what a member was told beforehand; raises ActError."""
        if case.kind not in BEFOREHAND or case.told is Told.OFF:
            return case
        sent = self.sent(case)
        if sent is None:
            return case
        self.post.delete(sent)
        return replace(case, told=Told.RETRACTED, message=None)

    def _send(self, case: Case, settings: ModSettings) -> MessageRef | None:
        hall = self.discord.hall(case.guild_id)
        with speaking(settings.locale):
            embed = told_embed(case, hall.name if hall else "", _appeal(case, settings))
        body = message(Reply(embeds=(embed,)))
        return self.post.tell(case.user_id, body, nonce_of(case.guild_id, case.number, "d"))


def _appeal(case: Case, settings: ModSettings) -> str:
    """Say how a member may object: who is muted or gone cannot use commands."""
    if not settings.appeals or case.kind in (Kind.UNMUTE, Kind.UNBAN):
        return ""
    if case.kind is Kind.WARN:
        return say(APPEAL)
    return say(APPEAL_AT, link=settings.appeal_link) if settings.appeal_link else ""
