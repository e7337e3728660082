"""attribute(stored, observation): the one pure decision about who brought whom.

Joins and uses that are not yet explained stay open together and are solved anew with every
observation (matching.py). What balances is closed; a join that arrives late opens it again. Counts
may lag or lead the event, so evidence stays open for ten minutes (SPEC 1.2).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from usher.attribution.closing import Part, split, still_open
from usher.attribution.evidence import (
    LOOK_DURATION,
    UNLIMITED,
    CodeBook,
    end_code,
    read_look,
    read_vanity,
    state_of,
)
from usher.attribution.knowledge import pins, recovered, with_what_happened
from usher.attribution.matching import LAG, SKEW, Solution, solve
from usher.attribution.model import (
    CodeState,
    CodeStatus,
    Decision,
    Fact,
    Group,
    Head,
    JoinRecorded,
    JoinRevised,
    MemberDeparted,
    Membership,
    OpenJoin,
    PoolCredited,
    Stored,
    Use,
    Weight,
)
from usher.attribution.outcomes import Attributed, Kind, Outcome, Reason, Unattributed
from usher.attribution.words import outcome_of, pinned, same_word, silence_of, widened
from usher.contracts.observation import (
    AuditEntry,
    GatewayEvent,
    InviteCreated,
    InviteDeleted,
    InviteRow,
    InviteTargeted,
    MemberFound,
    MemberJoined,
    MemberLeft,
    MemberSearched,
    Observation,
)
from usher.ids import InviteCode, UserId

INVITE_MADE = 40
"""Discord's audit log event INVITE_CREATE."""
INVITE_DELETED_BY_HAND = 42
"""Discord's audit log event INVITE_DELETE."""

FEW = 50
"""Up to this many open joins, a longer list of candidates is published at once."""


def needs_closed_groups(stored: Stored, observation: Observation) -> bool:
    """Whether a join of the observation is older than evidence already closed."""
    until = stored.head.closed_until
    return until is not None and any(
        joined_at <= until + SKEW for _, joined_at in _concerned(stored, observation)
    )


def _concerned(stored: Stored, observation: Observation) -> set[Membership]:
    """Memberships whose word the observation may change, the open ones apart."""
    new = {(j.person.user_id, j.joined_at) for j in _new_joins(stored, observation.events)}
    for event in observation.events:
        if isinstance(event, MemberFound | MemberSearched):
            new.add((event.person.user_id, event.joined_at))
    return new - {(join.person.user_id, join.joined_at) for join in stored.head.open.joins}


def attribute(stored: Stored, observation: Observation) -> Decision:
    """Decide what an observation means for a guild.

    Pure: the same arguments give the same decision, so that it can be replayed and rebuilt.
    """
    return _Case(stored, observation).decide()


def _recorded(stored: Stored) -> set[Membership]:
    """Memberships that have had their first word."""
    return {
        *stored.known,
        *((join.person.user_id, join.joined_at) for join in stored.head.open.joins),
    }


def _new_joins(stored: Stored, events: Iterable[GatewayEvent]) -> list[MemberJoined]:
    """People's joins not recorded before, each membership once, in order of arrival."""
    seen = _recorded(stored)
    fresh: list[MemberJoined] = []
    for event in events:
        if isinstance(event, MemberJoined):
            membership = (event.person.user_id, event.joined_at)
            if membership not in seen:
                seen.add(membership)
                fresh.append(event)
    return fresh


class _Case:
    """One observation being decided."""

    def __init__(self, stored: Stored, observation: Observation) -> None:
        self.stored = stored
        self.observation = observation
        self.book = CodeBook(stored.codes)
        self.head, self.gap = with_what_happened(stored.head, observation)
        self.uses: list[Use] = list(stored.head.open.uses)
        self.joins: list[OpenJoin] = list(stored.head.open.joins)
        self.pooled: Counter[UserId] = Counter(stored.head.open.pooled)
        self.reopened: tuple[str, ...] = ()

    def decide(self) -> Decision:
        fresh = _new_joins(self.stored, self.observation.events)
        taken = _recorded(self.stored) | {(j.person.user_id, j.joined_at) for j in fresh}
        missed = recovered(self.head, self.observation.events, dict.fromkeys(taken))
        people = [join for join in (*fresh, *missed) if not join.person.bot]
        self._reopen(people)
        self._read_events()
        head, failed = self._read_looks()
        self.joins.extend(
            OpenJoin(j.person, j.joined_at, j.at, Unattributed(Reason.NOT_LOOKED)) for j in people
        )
        self.joins.sort(key=lambda join: (join.joined_at, join.person.user_id))
        revised = self._pin()
        solution = solve(self.joins, self.uses)
        said = self._outcomes(solution, failed)
        parts = split(self.joins, self.uses, solution, self.observation.at)
        self._settle_ended_codes(solution)
        facts = self._publish(fresh, missed, said, parts)
        kept, closed = self._close(parts, solution)
        pooled = self._pool(kept, closed)
        ends = [use.until for group in closed for use in group.uses]
        if head.closed_until is not None:
            ends.append(head.closed_until)
        head = replace(
            head, version=head.version + 1, open=kept, closed_until=max(ends, default=None)
        )
        facts = [*revised, *facts, *pooled]
        return Decision(head, self.book.changed(), closed, self.reopened, tuple(facts))

    def _reopen(self, people: Sequence[MemberJoined]) -> None:
        """Bring back groups that a late join may upset, or of which more is known now."""
        concerned = _concerned(self.stored, self.observation)
        open_memberships = {(j.person.user_id, j.joined_at) for j in self.joins}
        groups = [
            group
            for group in self.stored.closed
            if any(
                use.until - LAG <= join.joined_at <= use.until + SKEW
                for use in group.uses
                for join in people
            )
            or any((j.person.user_id, j.joined_at) in concerned for j in group.joins)
        ]
        for group in groups:
            self.joins.extend(
                j for j in group.joins if (j.person.user_id, j.joined_at) not in open_memberships
            )
            self.uses.extend(use for use in group.uses if use not in self.uses)
            self.pooled.update(group.pooled)
        self.reopened = tuple(group.id for group in groups)

    def _pin(self) -> list[JoinRevised]:
        """Fix what is known of joins; revise at once those that no group holds any more."""
        here = {(join.person.user_id, join.joined_at): j for j, join in enumerate(self.joins)}
        known = pins(self.observation, self.book, self.head, here)
        revised: list[JoinRevised] = []
        for membership, pin in known.items():
            if membership in here:
                j = here[membership]
                self.joins[j] = replace(self.joins[j], pin=pin)
                continue
            before = self.stored.known.get(membership)
            after = pinned(pin, ())
            if before is not None and not same_word(before, after):
                user_id, joined_at = membership
                revised.append(JoinRevised(user_id, joined_at, self.observation.at, before, after))
        return revised

    def _read_events(self) -> None:
        for event in self.observation.events:
            match event:
                case InviteCreated(invite=row):
                    self._created(row)
                case InviteDeleted(code=code, at=at):
                    self._end(code, at, revoked=False)
                case InviteTargeted(code=code, users=users):
                    known = self.book.get(code)
                    if known is not None:
                        self.book.put(replace(known, only=users))
                        self.uses = [
                            replace(use, only=users) if use.code == code else use
                            for use in self.uses
                        ]
                    else:
                        self.book.put(
                            CodeState(code, None, None, 0, 0, 0, False, None, None, only=users)
                        )
                case AuditEntry() if event.code is not None:
                    self._audited(event, event.code)
                case _:
                    pass

    def _created(self, row: InviteRow) -> None:
        known = self.book.get(row.code)
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

    def _read_looks(self) -> tuple[Head, Reason | None]:
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

    def _outcomes(self, solution: Solution, failed: Reason | None) -> list[Outcome]:
        return [
            outcome_of(j, join, solution, self.uses, silence_of(join, failed))
            for j, join in enumerate(self.joins)
        ]

    def _settle_ended_codes(self, solution: Solution) -> None:
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

    def _publish(
        self,
        fresh: Sequence[MemberJoined],
        missed: Sequence[MemberJoined],
        said: Sequence[Outcome],
        parts: Sequence[Part],
    ) -> list[Fact]:
        """Say what is new: revisions first, then what was missed, then what arrived, in order."""
        final = {j for part in parts if part.closed for j in part.joins}
        awaited = {(join.person.user_id, join.joined_at): join for join in (*fresh, *missed)}
        word: dict[Membership, Outcome] = {}
        facts: list[Fact] = []
        for j, (join, after) in enumerate(zip(self.joins, said, strict=True)):
            membership = (join.person.user_id, join.joined_at)
            before = join.outcome
            if membership in awaited:
                word[membership] = after
            elif self._worth_saying(before, after, final=j in final):
                facts.append(JoinRevised(*membership, self.observation.at, before, after))
            else:
                continue
            self.joins[j] = replace(join, outcome=after)
        for one in missed:
            membership = (one.person.user_id, one.joined_at)
            outcome = word.get(membership, _BOT)
            facts.append(JoinRecorded(one.person, one.joined_at, one.at, outcome, recovered=True))
            del awaited[membership]
        for event in self.observation.events:
            if isinstance(event, MemberLeft):
                facts.append(MemberDeparted(event.user_id, event.at))
            elif isinstance(event, MemberJoined):
                membership = (event.person.user_id, event.joined_at)
                if awaited.pop(membership, None) is not None:
                    outcome = word.get(membership, _BOT)
                    facts.append(JoinRecorded(event.person, event.joined_at, event.at, outcome))
        return facts

    def _worth_saying(self, before: Outcome, after: Outcome, *, final: bool) -> bool:
        if not same_word(before, after):
            return True
        return widened(before, after) and (final or len(self.joins) <= FEW)

    def _close(self, parts: Sequence[Part], solution: Solution) -> tuple[Group, tuple[Group, ...]]:
        """Build the group that stays open and those closed now."""
        spent: set[int] = set()
        open_joins: list[OpenJoin] = []
        open_pool: Counter[UserId] = Counter()
        closed: list[Group] = []
        for part in parts:
            joins = tuple(self.joins[j] for j in part.joins)
            pool = self._unpaired(joins, part.uses, solution)
            if part.closed:
                spent.update(part.uses)
                maybe = {u for j in part.joins for u in solution.maybe[j]}
                uses = tuple(self.uses[u] for u in (*part.uses, *sorted(maybe)))
                closed.append(Group(f"{self.observation.id}.{len(closed)}", joins, uses, pool))
            else:
                open_joins.extend(joins)
                open_pool.update(pool)
        rest = [use for u, use in enumerate(self.uses) if u not in spent]
        uses = still_open(rest, open_joins, self.observation.at)
        return Group("", tuple(open_joins), uses, dict(open_pool)), tuple(closed)

    def _unpaired(
        self, joins: Sequence[OpenJoin], uses: Sequence[int], solution: Solution
    ) -> dict[UserId, int]:
        """Uses surely made by these joins, by inviter, beyond those that a join is paired with."""
        pool: Counter[UserId] = Counter()
        for u in uses:
            inviter = self.uses[u].inviter_id
            if inviter is not None:
                pool[inviter] += solution.certain[u]
        for join in joins:
            if isinstance(join.outcome, Attributed) and join.outcome.inviter_id is not None:
                pool[join.outcome.inviter_id] -= 1
        return {inviter: n for inviter, n in sorted(pool.items()) if n > 0}

    def _pool(self, kept: Group, closed: Sequence[Group]) -> list[PoolCredited]:
        """The change of credits without a pairing."""
        now: Counter[UserId] = Counter()
        for group in (kept, *closed):
            now.update(group.pooled)
        return [
            PoolCredited(self.observation.id, inviter, now[inviter] - before, self.observation.at)
            for inviter, before in sorted({**dict.fromkeys(now, 0), **self.pooled}.items())
            if now[inviter] != before
        ]


def _of_the_end(use: Use, state: CodeState) -> bool:
    """Whether a use stands for what the end of its code may hide."""
    return use.weight is not Weight.SEEN and (
        use.reason is Reason.MAYBE_REVOKED or use.until == state.ended_at
    )


_BOT = Unattributed(Reason.BOT_ADDED, Kind.BOT)


def _hidden_until(at: datetime) -> Use:
    """What the counts of a first look contain already."""
    return Use(InviteCode(""), None, UNLIMITED, Weight.HIDDEN, None, at, None, Reason.NO_BASELINE)
