"""Taking in an observation: what its events and looks say of codes, and the uses they reveal."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from usher.attribution.code_book import CodeBook
from usher.attribution.ends import Ends
from usher.attribution.evidence import UNLIMITED, read_look, read_vanity, state_of, uses_before
from usher.attribution.model import CodeState, CodeStatus, Head, Use, Weight
from usher.attribution.outcomes import Reason
from usher.attribution.watching import LAG, watch_of
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import (
    AuditEntry,
    CodesDue,
    InviteCreated,
    InviteDeleted,
    InviteLook,
    InviteRow,
    InviteTargeted,
    Observation,
)
from usher.ids import InviteCode, UserId
from usher.invites.notes import made_for

INVITE_MADE: Final = 40
"""Discord's audit log event INVITE_CREATE."""
INVITE_DELETED_BY_HAND: Final = 42
"""Discord's audit log event INVITE_DELETE."""

_REFUSALS: Final = frozenset({401, 403, 404})
"""Answers that time does not heal."""


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
        awaited: datetime | None = None,
    ) -> None:
        self.observation = observation
        self.book = book
        self.head = head
        self.gap = gap
        self.watch = watch_of(head, observation.at, gap=gap, awaited=awaited)
        self.ends = Ends(book, self.watch, uses)

    @property
    def uses(self) -> list[Use]:
        """All uses known so far."""
        return self.ends.uses

    def read_events(self) -> None:
        """Take in what the events tell of invites."""
        for event in self.observation.events:
            match event:
                case InviteCreated(invite=row):
                    self._created(row)
                case InviteDeleted(code=code, at=at):
                    self.ends.end(code, at, revoked=False)
                case InviteTargeted(code=code, users=users):
                    self._targeted(code, users)
                case SettingChanged(name=name, value=value, at=at):
                    if (made := made_for(name, value)) is not None:
                        self._made_for(*made, at)
                case CodesDue(codes=codes, at=at):
                    for code in codes:
                        self._due(code, at)
                case AuditEntry() if event.code is not None:
                    self._audited(event, event.code)
                case _:
                    pass

    def _due(self, code: InviteCode, at: datetime) -> None:
        """The clock has come to a code's end, or near it: Discord says nothing of either."""
        state = self.book.get(code)
        if state is None or state.status is not CodeStatus.ACTIVE or state.expires_at is None:
            return
        if state.expires_at <= at:
            self.ends.expire(state, at, unseen=self.gap)
        else:
            self.book.put(replace(state, warned=True))

    def _targeted(self, code: InviteCode, users: tuple[UserId, ...]) -> None:
        new = CodeState(code, None, None, 0, 0, 0, False, None, None)
        self.book.put(replace(self.book.get(code) or new, only=users))
        self.ends.uses = [replace(u, only=users) if u.code == code else u for u in self.uses]

    def _made_for(self, code: InviteCode, user_id: UserId, at: datetime) -> None:
        """Usher made an invite for a member: whoever came by it, or comes, is theirs.

        Its own event may be still to come, and a look on its way may be older than it.
        """
        new = CodeState(code, None, None, None, 0, 0, False, at, None)
        known = self.book.get(code) or new
        self.book.put(replace(known, made_for=user_id, inviter_id=user_id))
        self.ends.uses = [
            replace(use, inviter_id=user_id) if use.code == code else use for use in self.ends.uses
        ]

    def _created(self, row: InviteRow) -> None:
        known = self.book.get(row.code)
        new = replace(state_of(row), uses=row.uses or 0)
        if known is None:
            self.book.put(new)
        elif known.created_at is None or (known.made_for and known.channel_id is None):
            inviter_id = known.made_for or new.inviter_id
            new = replace(new, made_for=known.made_for, inviter_id=inviter_id)
            self.book.put(replace(new, only=known.only))
            if known.status is not CodeStatus.ACTIVE:
                self.ends.end_again(known)

    def _audited(self, entry: AuditEntry, code: InviteCode) -> None:
        """An entry tells of invites made and ended unseen, and which were ended by hand."""
        if entry.action == INVITE_MADE and entry.invite is not None:
            known = self.book.get(code)
            if known is not None and known.told:
                self._created(entry.invite)
            elif known is None:
                self.book.put(replace(state_of(entry.invite), uses=0))
                looked_at = self.head.looked_at
                if looked_at is not None and entry.at < looked_at:
                    self.ends.end_unseen(code, looked_at)
        elif entry.action == INVITE_DELETED_BY_HAND:
            self.ends.end_by_hand(code, entry)

    def read_looks(self) -> tuple[Head, Reason | None]:
        """Take in the looks; also say why they show nothing, where they do not."""
        head = replace(self.head, gap=self.gap)
        look, vanity, failed = self.observation.look, self.observation.vanity, None
        shown = False
        if look is not None and look.ok:
            shown = any(row.uses is not None for row in look.rows) or self._shows_none(look)
            for row in look.rows:
                self._introduced(row)
            self.uses.extend(read_look(self.book, look, head.looked_at, self.watch))
            if head.looked_at is None:
                self.uses.append(_hidden_until(look.at))
            if shown:
                head = replace(head, looked_at=max(head.looked_at or look.at, look.at), gap=False)
            failed = Reason.NO_USE_SEEN if shown else Reason.USES_HIDDEN
        elif look is not None:
            failed = Reason.LOOK_FAILED
        if vanity is not None and vanity.ok:
            if vanity.code and self.book.get(vanity.code) is None:
                self.uses.append(_hidden_until(vanity.at))
            self.uses.extend(read_vanity(self.book, vanity, self.watch))
            head = replace(head, vanity_code=vanity.code)
            failed = failed or Reason.NO_USE_SEEN
        if look is not None:
            head = self._watched(head, look, whole=shown and self._vanity_shown(head))
        self.ends.confirm()
        return head, failed

    def _watched(self, head: Head, look: InviteLook, *, whole: bool) -> Head:
        """Note until when, or since when not, everything has been shown."""
        if not whole:
            return replace(head, blind_since=self.watch.blind_since or look.at)
        shown_at = max(head.shown_at or look.at, look.at)
        return replace(head, blind_since=None, shown_at=shown_at)

    def _introduced(self, row: InviteRow) -> None:
        """A list that lags shows a code of which nothing but its end was told."""
        known = self.book.get(row.code)
        if known is not None and known.told and row.created_at is not None:
            before = uses_before(row, known, self.head.looked_at)
            self._created(row if before is None else replace(row, uses=before))

    def _shows_none(self, look: InviteLook) -> bool:
        """Whether there is nothing to count; the vanity counter needs the same permission."""
        vanity = self.observation.vanity
        return not look.rows and (vanity is None or vanity.status not in _REFUSALS)

    def _vanity_shown(self, head: Head) -> bool:
        """Whether the vanity counter, too, was shown: else the look is not whole."""
        vanity = self.observation.vanity
        state = None if head.vanity_code is None else self.book.get(head.vanity_code)
        if state is None or (vanity is not None and vanity.ok):
            return True
        if vanity is None or vanity.status not in _REFUSALS:
            return False
        # Nobody knows for how long: its count will be taken anew, not compared.
        self.book.put(replace(state, uses=None))
        return True


def _hidden_until(at: datetime) -> Use:
    """What the counts of a first look contain already."""
    return Use(
        InviteCode(""), None, UNLIMITED, Weight.HIDDEN, at - LAG, at, None, Reason.NO_BASELINE
    )
