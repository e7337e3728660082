"""Codes that end: by their last use, by hand or by the clock, and what their end may hide."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from usher.attribution.code_book import CodeBook
from usher.attribution.evidence import LOOK_DURATION, end_code, seen
from usher.attribution.matching import Solution
from usher.attribution.model import CodeState, CodeStatus, Use, Weight
from usher.attribution.outcomes import Reason
from usher.attribution.watching import Watch
from usher.contracts.observation import AuditEntry
from usher.ids import InviteCode


class Ends:
    """The ends of codes in one observation; keeps `uses`, all those known so far."""

    def __init__(self, book: CodeBook, watch: Watch, uses: Iterable[Use]) -> None:
        self._book = book
        self._watch = watch
        self.uses = list(uses)

    def end(self, code: InviteCode, at: datetime, *, revoked: bool) -> None:
        """A code was deleted: an end already noticed is told apart, not taken twice."""
        state = self._book.get(code)
        if state is None:
            # News of its creation may come later.
            new = CodeState(code, None, None, None, 0, 0, False, None, None)
            ended = CodeStatus.REVOKED if revoked else CodeStatus.GONE
            self._book.put(replace(new, status=ended, ended_at=at, told=True))
            return
        if state.status is CodeStatus.REVOKED:
            return
        noticed = state.status in (CodeStatus.GONE, CodeStatus.EXHAUSTED)
        noticed = noticed and not _in_doubt(state, self._watch)
        if noticed and not revoked:
            self._book.put(replace(state, told=True))
            return
        state = self._not_spent(state)
        ended_at = state.ended_at if noticed and state.ended_at else at
        hidden = self._take_hidden(state)
        ends = end_code(self._book, state, ended_at, self._watch, told=True, revoked=revoked)
        self.uses.extend(_in_place_of(hidden, use) for use in ends)

    def end_by_hand(self, code: InviteCode, entry: AuditEntry) -> None:
        """The audit log tells that a person deleted a code."""
        last = self._last_shown(entry, code)
        self.end(code, entry.at, revoked=True)
        self.uses.extend(last)

    def end_again(self, before: CodeState) -> None:
        """More is known of a code now than when it ended, `before`."""
        state = self._book.get(before.code)
        if state is None or before.ended_at is None:
            return
        revoked = before.status is CodeStatus.REVOKED
        hidden = self._take_hidden(before)
        ends = end_code(
            self._book, state, before.ended_at, self._watch, told=before.told, revoked=revoked
        )
        self.uses.extend(_in_place_of(hidden, use) for use in ends)

    def expire(self, state: CodeState, at: datetime, *, unseen: bool) -> None:
        """The clock has come to a code's end; `unseen`: in an absence of the listener."""
        self.uses.extend(end_code(self._book, state, at, self._watch, unseen=unseen))

    def end_unseen(self, code: InviteCode, looked_at: datetime) -> None:
        """A code made before the last look and not in it: used up, expired or revoked unseen.

        One that was made while Discord answered is taken back when it is listed.
        """
        state = self._book.get(code)
        if state is not None:
            ends = end_code(self._book, state, looked_at, self._watch, unseen=True)
            # No look ever showed it: whoever joined since its making may have used it.
            self.uses.extend(replace(use, since=state.created_at or use.since) for use in ends)

    def _last_shown(self, entry: AuditEntry, code: InviteCode) -> list[Use]:
        """Read uses that no look has shown from a deletion's entry: it tells the last count."""
        known = self._book.get(code)
        final = entry.invite.uses if entry.invite is not None else None
        if known is None or final is None or known.status is CodeStatus.REVOKED:
            return []
        state = self._not_spent(known)
        if state.uses is None or final <= state.uses:
            return []
        hidden = self._take_hidden(state)
        until = entry.at
        if state.ended_at is not None and not _in_doubt(state, self._watch):
            until = min(entry.at, state.ended_at)
        risen = final - state.uses
        use = seen(code, state.inviter_id, risen, until, self._watch, state.created_at)
        self._book.put(replace(state, uses=final, joins=state.joins + risen))
        return [_in_place_of(hidden, replace(use, uses_before=state.uses, only=state.only))]

    def _not_spent(self, state: CodeState) -> CodeState:
        """Take back that the uses an ended code had left were spent."""
        for use in self.uses:
            if use.code == state.code and use.weight is Weight.LAST:
                counted = use.count if state.status is CodeStatus.EXHAUSTED else 0
                state = replace(state, uses=use.uses_before, joins=state.joins - counted)
        return state

    def _take_hidden(self, state: CodeState) -> list[Use]:
        """Take out what the end of a code was thought to hide."""
        hidden = [u for u in self.uses if u.code == state.code and _of_the_end(u, state)]
        self.uses = [use for use in self.uses if use not in hidden]
        return hidden

    def confirm(self) -> None:
        """Drop what the looks have shown not to be hidden."""
        self.uses = [kept for use in self.uses if (kept := self._confirmed(use)) is not None]

    def _confirmed(self, use: Use) -> Use | None:
        """What is left of the use that an ended code may hide, after the looks."""
        state = self._book.get(use.code)
        if use.reason is not Reason.MAYBE_REVOKED or state is None:
            return use
        if state.status is CodeStatus.ACTIVE:
            return None
        if use.weight is not Weight.LAST or state.status is not CodeStatus.GONE:
            return use
        left = state.max_uses - (state.uses or 0)
        return replace(use, count=left, uses_before=state.uses) if left > 0 else None

    def settle(self, solution: Solution) -> None:
        """A vanished code whose remaining uses are all spent was exhausted."""
        for u, use in enumerate(self.uses):
            state = self._book.get(use.code)
            spent = use.weight is Weight.LAST and solution.certain[u] == use.count
            if spent and state is not None and state.status is CodeStatus.GONE:
                self._book.put(
                    replace(
                        state,
                        status=CodeStatus.EXHAUSTED,
                        uses=state.max_uses,
                        joins=state.joins + use.count,
                        last_used_at=use.until,
                    )
                )


def _in_place_of(others: Sequence[Use], use: Use) -> Use:
    """Let a use belong to all joins to which those that it replaces could belong.

    It convinces nobody where they did not because of an absence: others may have made it.
    """
    if any(one.reason is Reason.AFTER_GAP for one in others):
        use = replace(use, weight=Weight.MAYBE, reason=Reason.AFTER_GAP)
    starts = [one.since for one in (use, *others)]
    return replace(use, since=None if None in starts else min(s for s in starts if s is not None))


def _of_the_end(use: Use, state: CodeState) -> bool:
    """Whether a use stands for what the end of its code may hide."""
    return use.weight is not Weight.SEEN and (
        use.reason is Reason.MAYBE_REVOKED or use.until == state.ended_at
    )


def _in_doubt(state: CodeState, watch: Watch) -> bool:
    """Whether a code may have ended after the look of whose silence its end was concluded.

    It had just been made, and that it might not be listed yet counted for nothing.
    """
    made, ended = state.created_at, state.ended_at
    if state.status is not CodeStatus.GONE or state.told or made is None or ended is None:
        return False
    return made > ended - LOOK_DURATION and not watch.trusts(made)
