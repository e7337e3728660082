"""Links, clicks and days of a link read page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from typing import Final

from usher.funnel.rows import STEPS
from usher.ids import GuildId, UserId
from usher.platform.dynamo_reads import Caller, DynamoReads, Item, decode
from usher.referrals.click_table import read_click
from usher.referrals.clicks import Click
from usher.referrals.codec import read_counts, read_link, with_steps
from usher.referrals.model import CampaignId, Counts, Link, LinkCode
from usher.times import format_time

BATCH: Final = 100
_PAST: Final = "CLICK#~"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which links; None for any."""

    owner_id: UserId | None = None
    campaign_id: CampaignId | None = None
    platform: str | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What happened to a link by day and by variant of its page."""

    days: tuple[tuple[date, Counts], ...]
    variants: tuple[tuple[str, Counts], ...]


@dataclass(frozen=True, slots=True)
class DynamoListing:
    """Reads lists. Every method may raise AwsError."""

    client: Caller
    name: str

    def links(
        self, guild_id: GuildId, wanted: Wanted, after: tuple[str, str] | None, limit: int
    ) -> tuple[Link, ...]:
        """Read links, newest first, that come after one of this time and code.

        The guild's names of links are read whole, some 80 bytes each; links only as needed.
        """
        rows = self._reads.under(f"R#{guild_id}", "LINK#")
        names = sorted((_place(row) for row in rows if _may_be(row, wanted)), reverse=True)
        if after is not None:
            names = [place for place in names if place < after]
        found: list[Link] = []
        for some in batched(names, max(limit, BATCH), strict=False):
            items = self._reads.get_many(
                (f"L#{code}", row) for _, code in some for row in ("LINK", STEPS)
            )
            links = [
                read_link(with_steps(items[key], items.get((f"L#{code}", STEPS), {})))
                for _, code in some
                if (key := _key(code)) in items
            ]
            found += [link for link in links if _is(link, wanted)]
            if len(found) >= limit:
                break
        return tuple(found[:limit])

    def count(self, guild_id: GuildId) -> int:
        """Count a guild's links."""
        return sum(1 for _ in self._reads.under(f"R#{guild_id}", "LINK#"))

    def clicks(
        self, code: LinkCode, since: datetime | None, before: tuple[str, str] | None, limit: int
    ) -> tuple[Click, ...]:
        """Read clicks, newest first, that come before one of this time and id."""
        first = f"CLICK#{format_time(since)}" if since else "CLICK#"
        last = _PAST if before is None else f"CLICK#{before[0]}#{before[1]}"
        if first > last:
            return ()
        answer = self.client.call(
            "Query",
            {
                "TableName": self.name,
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
                "ExpressionAttributeValues": {
                    ":pk": {"S": f"L#{code}"},
                    ":first": {"S": first},
                    ":last": {"S": last},
                },
                "ScanIndexForward": False,
                "Limit": limit + 1,
            },
        )
        found = [read_click(code, row) for row in _rows(answer.get("Items"))]
        return tuple(one for one in found if (format_time(one.at), one.id) != before)[:limit]

    def series(self, code: LinkCode, first: date, last: date) -> Series:
        """Read what was counted from day to day, and by variant of all time."""
        days: dict[date, Counts] = {}
        for kind in ("CLICK-DAY", "STEP-DAY"):
            begin, end = f"{kind}#{first.isoformat()}#", f"{kind}#{last.isoformat()}#~"
            for row in self._reads.between(f"L#{code}", begin, end):
                day = date.fromisoformat(str(row["sk"]).split("#")[1])
                days[day] = days.get(day, Counts()) + read_counts(row)
        variants: dict[str, Counts] = {}
        for kind in ("VARIANT#", "STEP-VARIANT#"):
            for row in self._reads.under(f"L#{code}", kind):
                name = str(row["sk"]).removeprefix(kind)
                variants[name] = variants.get(name, Counts()) + read_counts(row)
        return Series(tuple(sorted(days.items())), tuple(sorted(variants.items())))

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)


def _key(code: str) -> tuple[str, str]:
    return (f"L#{code}", "LINK")


def _place(row: Item) -> tuple[str, str]:
    return str(row["created_at"]), str(row["sk"]).removeprefix("LINK#")


def _may_be(row: Item, wanted: Wanted) -> bool:
    return (wanted.owner_id is None or row.get("owner_id") == wanted.owner_id) and (
        wanted.campaign_id is None or row.get("campaign_id") == wanted.campaign_id
    )


def _is(link: Link, wanted: Wanted) -> bool:
    return (
        (wanted.owner_id is None or link.owner_id == wanted.owner_id)
        and (wanted.campaign_id is None or link.campaign_id == wanted.campaign_id)
        and (wanted.platform is None or link.platform == wanted.platform)
        and (wanted.active is None or link.active is wanted.active)
    )


def _rows(rows: object) -> Iterator[Item]:
    for row in rows if isinstance(rows, list) else ():
        yield {name: decode(value) for name, value in row.items()}
