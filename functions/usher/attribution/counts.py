"""Uses from before Usher watched: credited by count until members are known by name. Pure.

What a code's uses exceed those that Usher saw was there when it came. Each such use is credited
once at most: to the join that Discord's record names, or by count, for whoever made it. A name
takes the place of a count, and after an import by names that reached everybody no count is left: it
could only stand for members who are gone.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from usher.attribution.code_book import CodeBook
from usher.attribution.facts import Fact, JoinRecorded, JoinRevised, PoolCredited
from usher.attribution.model import CodeState, CodeStatus, Head
from usher.attribution.outcomes import Attributed, Method
from usher.attribution.words import names_same
from usher.contracts.observation import ImportEnded, MemberSearched, Observation
from usher.ids import InviteCode


def settle_counts(
    head: Head, book: CodeBook, facts: Iterable[Fact], observation: Observation
) -> tuple[Head, list[PoolCredited]]:
    """Move credit between counts and names as the facts and the end of an import ask for."""
    before = {state.code: state.counted for state in book.every()}
    for code, joins in _named(facts).items():
        state = book.get(code)
        if state is not None:
            named = replace(state, named=state.named + joins)
            book.put(replace(named, counted=min(named.counted, _nameless(named))))
    for event in observation.events:
        if isinstance(event, MemberSearched) and event.imported and head.looked_at is None:
            head = replace(head, by_name=True)  # what counts will contain then is not known
        elif isinstance(event, ImportEnded) and not event.by_counts:
            head = replace(head, by_name=True)
            _count(book.every(), book, lambda _: 0)
        elif isinstance(event, ImportEnded) and not head.by_name:
            live = [s for s in book.every() if s.status is CodeStatus.ACTIVE and s.inviter_id]
            _count(live, book, lambda state: max(state.counted, _nameless(state)))
    moved = [
        PoolCredited(
            group_id=f"import|{observation.guild_id}|{state.code}",
            inviter_id=state.inviter_id,
            delta=state.counted - before[state.code],
            at=observation.at,
            imported=state.code,
        )
        for state in sorted(book.every(), key=lambda state: state.code)
        if state.inviter_id is not None and state.counted != before[state.code]
    ]
    return head, moved


def _named(facts: Iterable[Fact]) -> Counter[InviteCode]:
    """Count joins, by code, that Discord's record newly names and that no seen use explains."""
    named: Counter[InviteCode] = Counter()
    for fact in facts:
        match fact:
            case JoinRecorded(outcome=Attributed() as after):
                known = False
            case JoinRevised(before=before, after=Attributed() as after):
                known = names_same(before, after)
            case _:
                continue
        unseen = after.method is Method.MEMBERS_SEARCH and after.uses_before is None
        if unseen and not known and after.code is not None:
            named[after.code] += 1
    return named


def _nameless(state: CodeState) -> int:
    """Uses that were there when Usher came and that are nobody's by name."""
    return max(0, (state.uses or 0) - state.joins - state.named)


def _count(
    states: Iterable[CodeState], book: CodeBook, counted: Callable[[CodeState], int]
) -> None:
    for state in states:
        book.put(replace(state, counted=counted(state)))
