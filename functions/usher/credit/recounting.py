"""What changes when the past is judged by the rules now in force. Pure (SPEC 2.3)."""

from collections.abc import Iterable

from usher.attribution.judging import verdict_of
from usher.credit.fake import Rules
from usher.credit.fake_queries import Survey
from usher.credit.rules import MemberRecord, inviter_of
from usher.ids import UserId


def look_at(members: Iterable[tuple[UserId, MemberRecord]], rules: Rules, found: Survey) -> Survey:
    """Add to a survey what judging these members again would change."""
    for user_id, record in members:
        found.looked += 1
        after = verdict_of(user_id, record, rules)
        if after != record.verdict:
            _take(found, record, after)
    return found


def _take(found: Survey, record: MemberRecord, after: tuple[str, ...]) -> None:
    before = record.verdict
    found.gained.update(name for name in after if name not in before)
    found.lost.update(name for name in before if name not in after)
    moved = bool(before) - bool(after)
    found.fake += moved < 0
    found.genuine += moved > 0
    found.reasons += moved == 0
    inviter = inviter_of(record.word)
    if moved and inviter is None:
        found.held += 1
    elif moved and inviter is not None and record.left_at is None and not record.untracked:
        found.inviters[inviter] += moved
