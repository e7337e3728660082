"""A guild's backfill: what the next page asks, and what is news in it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import batched
from typing import Final

from usher.attribution.backfill_state import Backfill, Place, Road, Status
from usher.attribution.knowledge import SILENT, VANITY_SOURCE
from usher.attribution.outcomes import Confidence
from usher.contracts.backfill import BackfillStep
from usher.contracts.discord_records import SearchPage
from usher.contracts.observation import ImportEnded, MemberSearched, Observation
from usher.contracts.wire import EPOCH
from usher.credit.rules import MemberRecord
from usher.ids import UserId
from usher.ledger.lines import EVENT_ID_DIGITS
from usher.times import format_time

PAGE: Final = 300
"""Members of a page. Discord allows 1,000, but joins of this minute wait behind a page's writes."""
SLICE: Final = 100
"""Members of one observation: as large as the bursts that the event worker is sized for."""
NEXT_SECONDS: Final = 2.0
"""From one page to the next, so that other guilds' requests come in between."""
MOST_POSTPONED: Final = 40
"""A page put off this often stops the run; asking again goes on from there."""
IDLE: Final = timedelta(minutes=1)
"""A step that comes late finds another at work, unless nothing has moved for so long."""

_SAME_MOMENT: Final = timedelta(seconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)


def begun(before: Backfill | None, step: BackfillStep, now: datetime) -> Backfill | None:
    """Begin a run, from where an unfinished one stands; None where there is nothing to begin."""
    if before is not None and (before.running(now) or step.started_by is None):
        return None
    if before is not None and before.status not in (Status.DONE, Status.COUNTED):
        return replace(
            before,
            run=step.run,
            started_by=step.started_by,
            moved_at=now,
            status=Status.RUNNING,
            awaited=None,
            ending=None,
            hurdle=None,
            finished_at=None,
        )
    fresh = Backfill(step.run, step.started_by, now, now, now)
    return fresh if before is None else replace(fresh, named=before.named, version=before.version)


def search_body(backfill: Backfill) -> dict[str, object]:
    """Write the search for the next page: the newest join first, as Discord sorts by default."""
    within = {"lte": (backfill.until - EPOCH) // _MILLISECOND}
    body: dict[str, object] = {"limit": PAGE, "and_query": {"guild_joined_at": {"range": within}}}
    if backfill.after is not None:
        body["after"] = {
            "user_id": backfill.after.user_id,
            "guild_joined_at": backfill.after.joined,
        }
    return body


def member_body(user_id: UserId) -> dict[str, object]:
    """Write the search for one member."""
    return {"limit": 1, "and_query": {"user_id": {"or_query": [user_id]}}}


def place_after(page: SearchPage, before: Place | None) -> Place | None:
    """Say where the next page begins; None after the last one."""
    if page.listed < PAGE or not page.found:
        return None
    last = page.found[-1]
    place = Place(last.person.user_id, (last.joined_at - EPOCH) // _MILLISECOND)
    return None if place == before else place


def road_of(member: MemberSearched) -> Road:
    """Say what Discord's record tells of a member."""
    if member.person.bot:
        return Road.BOT
    if member.code is not None:
        return Road.VANITY if member.source == VANITY_SOURCE else Road.INVITE
    return Road.SILENT if member.source in SILENT else Road.OTHER


def news_of(
    members: Iterable[MemberSearched], records: Mapping[UserId, MemberRecord]
) -> list[MemberSearched]:
    """Pick what the tables do not say yet, marked as imported.

    What is on record under a time less than a second away is the same join: the index may keep
    times more coarsely. What is known better than by Discord's record is left alone.
    """
    news: list[MemberSearched] = []
    for member in members:
        found = replace(member, imported=True)
        record = records.get(member.person.user_id)
        if record is not None and abs(record.joined_at - member.joined_at) < _SAME_MOMENT:
            word = record.word
            told = word.confidence is Confidence.CONFIRMED and word.code == member.code
            silent = member.code is None and member.source in SILENT
            if told or silent or word.confidence is Confidence.DETERMINISTIC:
                continue
            found = replace(found, joined_at=record.joined_at)
        news.append(found)
    return news


def observations_of(
    step: BackfillStep, guild_name: str, news: Sequence[MemberSearched], now: datetime
) -> list[Observation]:
    """Write news as Observations; in one run the same news have the same ids."""
    return [
        Observation(f"import.{step.run}.{_digest(some)}", step.guild_id, guild_name, now, some)
        for some in batched(news, SLICE, strict=False)
    ]


def ended(step: BackfillStep, guild_name: str, now: datetime, *, by_counts: bool) -> Observation:
    """Tell the event worker that an import has come to its end."""
    id_ = f"import.{step.run}.{'counts' if by_counts else 'names'}"
    return Observation(id_, step.guild_id, guild_name, now, (ImportEnded(now, by_counts),))


def with_page(
    backfill: Backfill, page: SearchPage, news: int, awaited: str | None, now: datetime
) -> Backfill:
    """Note a page that was read and sent."""
    roads = Counter(backfill.roads) + Counter(road_of(member) for member in page.found)
    return replace(
        backfill,
        roads=roads,
        news=backfill.news + news,
        awaited=awaited,
        after=place_after(page, backfill.after),
        page=backfill.page + 1,
        moved_at=now,
        hurdle=None,
    )


def _digest(news: Iterable[MemberSearched]) -> str:
    said = [
        f"{e.person.user_id}|{format_time(e.joined_at)}|{e.source}|{e.code}|{e.inviter_id}"
        for e in news
    ]
    return sha256("\n".join(said).encode()).hexdigest()[:EVENT_ID_DIGITS]
