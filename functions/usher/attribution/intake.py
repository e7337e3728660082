"""Taking in an observation: what its events and looks say of codes, and the uses they reveal."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from usher.attribution.evidence import (
    LOOK_DURATION,
    UNLIMITED,
    CodeBook,
    end_code,
    read_look,
    read_vanity,
    state_of,
)
from usher.attribution.matching import LAG, Solution
from usher.attribution.model import CodeState, CodeStatus, Head, Use, Weight
from usher.attribution.outcomes import Reason
from usher.contracts.observation import (
    AuditEntry,
    InviteCreated,
    InviteDeleted,
    InviteRow,
    InviteTargeted,
    Observation,
)
from usher.ids import InviteCode, UserId

INVITE_MADE: Final = 40
"""Discord's audit log event INVITE_CREATE."""
INVITE_DELETED_BY_HAND: Final = 42
"""Discord's audit log event INVITE_DELETE."""


class Intake:
    """One observation being taken in: the book of codes and the uses known so far."""

    def __init__(
        self,
        observation: Observation,
        book: CodeBook,
        head: Head,
        uses: Iterable[Use],
        *,
        gap: bool,
    ) -> None:
        self.observation = observation
        self.book = book
        self.head = head
        self.uses = list(uses)
        self.gap = gap

    def read_events(self) -> None:
        """Take in what the events tell of invites."""
        for event in self.observation.events:
            match event:
                case InviteCreated(invite=row):
                    self._created(row)
                case InviteDeleted(code=code, at=at):
                    self._end(code, at, revoked=False)
                case InviteTargeted(code=code, users=users):
                    self._targeted(code, users)
                case AuditEntry() if event.code is not None:
                    self._audited(event, event.code)
                case _:
                    pass

    def _targeted(self, code: InviteCode, users: tuple[UserId, ...]) -> None:
        new = CodeState(code, None, None, 0, 0, 0, False, None, None)
        self.book.put(replace(self.book.get(code) or new, only=users))
        self.uses = [replace(u, only=users) if u.code == code else u for u in self.uses]

    def _created(self, row: InviteRow) -> None:
        known = self.book.get(row.code)
        ended_at = known.ended_at if known else None
        if ended_at is not None and (row.created_at is None or row.created_at <= ended_at):
            return  # told again: by another listener, or by a session that is replayed
        if known is None or known.status is not CodeStatus.ACTIVE or known.created_at is None:
            only = known.only if known else ()
            self.book.put(replace(state_of(row), uses=row.uses or 0, only=only))

    def _audited(self, entry: AuditEntry, code: InviteCode) -> None:
        """An entry tells of invites made and ended unseen, and which were ended by hand."""
        if entry.action == INVITE_MADE and entry.invite is not None:
            if self.book.get(code) is None:
                self.book.put(replace(state_of(entry.invite), uses=0))
                looked_at = self.head.looked_at
                if looked_at is not None and entry.at < looked_at - LOOK_DURATION:
                    self._ended_unseen(code, looked_at)
        elif entry.action == INVITE_DELETED_BY_HAND:
            self._revoked_with(entry, code)
            self._end(code, entry.at, revoked=True)

    def _ended_unseen(self, code: InviteCode, looked_at: datetime) -> None:
        """A code made before the last look and not in it: used up, expired or revoked unseen."""
        state = self.book.get(code)
        if state is not None:
            self.uses.extend(end_code(self.book, state, looked_at, unseen=True))

    def _revoked_with(self, entry: AuditEntry, code: InviteCode) -> None:
        """The entry of a deletion tells the count at the end: uses that no look has shown."""
        state = self.book.get(code)
        final = entry.invite.uses if entry.invite is not None else None
        if state is None or state.uses is None or final is None or final <= state.uses:
            return
        if state.status is CodeStatus.REVOKED:
            return
        weight = Weight.MAYBE if self.gap else Weight.SEEN
        reason = Reason.AFTER_GAP if self.gap else Reason.SEVERAL_POSSIBLE
        self.uses = [u for u in self.uses if u.code != code or not _of_the_end(u, state)]
        self.uses.append(
            Use(
                code=code,
                inviter_id=state.inviter_id,
                count=final - state.uses,
                weight=weight,
                since=state.created_at,
                until=min(entry.at, state.ended_at or entry.at),
                uses_before=state.uses,
                reason=reason,
                only=state.only,
            )
        )
        self.book.put(replace(state, uses=final, joins=state.joins + final - state.uses))

    def _end(self, code: InviteCode, at: datetime, *, revoked: bool) -> None:
        """A code was deleted: an end already noticed is told apart, not taken twice."""
        state = self.book.get(code)
        if state is None or state.status is CodeStatus.REVOKED:
            return
        noticed = state.status in (CodeStatus.GONE, CodeStatus.EXHAUSTED)
        if noticed and not revoked:
            self.book.put(replace(state, told=True))
            return
        for use in self.uses:
            if use.code == code and use.weight is Weight.LAST:
                counted = use.count if state.status is CodeStatus.EXHAUSTED else 0
                state = replace(state, uses=use.uses_before, joins=state.joins - counted)
        ended_at = state.ended_at if noticed and state.ended_at else at
        hidden = [u for u in self.uses if u.code == code and _of_the_end(u, state)]
        unseen = any(use.reason is Reason.AFTER_GAP for use in hidden)
        self.uses = [use for use in self.uses if use not in hidden]
        self.uses.extend(
            end_code(self.book, state, ended_at, told=True, revoked=revoked, unseen=unseen)
        )

    def read_looks(self) -> tuple[Head, Reason | None]:
        """Take in the looks; also say why they show nothing, where they do not."""
        head = replace(self.head, gap=self.gap)
        look, vanity, failed = self.observation.look, self.observation.vanity, None
        if look is not None and look.ok:
            shown = not look.rows or any(row.uses is not None for row in look.rows)
            unseen = self.gap or any(look.at - ended < LAG for _, ended in head.gaps)
            self.uses.extend(
                read_look(self.book, look, head.looked_at, gap=self.gap, unseen=unseen)
            )
            if head.looked_at is None:
                self.uses.append(_hidden_until(look.at))
            head = replace(head, blind=not shown)
            if shown:
                head = replace(head, looked_at=max(head.looked_at or look.at, look.at), gap=False)
            failed = Reason.NO_USE_SEEN if shown else Reason.USES_HIDDEN
        elif look is not None:
            head, failed = replace(head, blind=True), Reason.LOOK_FAILED
        if vanity is not None and vanity.ok:
            if vanity.code and self.book.get(vanity.code) is None:
                self.uses.append(_hidden_until(vanity.at))
            self.uses.extend(read_vanity(self.book, vanity, gap=self.gap))
            head = replace(head, vanity_code=vanity.code)
            failed = failed or Reason.NO_USE_SEEN
        self.uses = [kept for use in self.uses if (kept := self._confirmed(use)) is not None]
        return head, failed

    def _confirmed(self, use: Use) -> Use | None:
        """What is left of the use that an ended code may hide, after the looks."""
        state = self.book.get(use.code)
        if use.reason is not Reason.MAYBE_REVOKED or state is None:
            return use
        if state.status is CodeStatus.ACTIVE:
            return None
        if use.weight is not Weight.LAST or state.status is not CodeStatus.GONE:
            return use
        left = state.max_uses - (state.uses or 0)
        return replace(use, count=left) if left > 0 else None

    def settle_ended_codes(self, solution: Solution) -> None:
        """A vanished code whose remaining uses are all spent was exhausted."""
        for u, use in enumerate(self.uses):
            state = self.book.get(use.code)
            spent = use.weight is Weight.LAST and solution.certain[u] == use.count
            if spent and state is not None and state.status is CodeStatus.GONE:
                self.book.put(
                    replace(
                        state,
                        status=CodeStatus.EXHAUSTED,
                        uses=state.max_uses,
                        joins=state.joins + use.count,
                        last_used_at=use.until,
                    )
                )


def _of_the_end(use: Use, state: CodeState) -> bool:
    """Whether a use stands for what the end of its code may hide."""
    return use.weight is not Weight.SEEN and (
        use.reason is Reason.MAYBE_REVOKED or use.until == state.ended_at
    )


def _hidden_until(at: datetime) -> Use:
    """What the counts of a first look contain already."""
    return Use(InviteCode(""), None, UNLIMITED, Weight.HIDDEN, None, at, None, Reason.NO_BASELINE)
