"""Clicks and what is counted of them in the DynamoDB table, without the SDK.

Counters are added to one by one, not in a transaction: a link that everybody opens at once would
make transactions collide.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from usher.contracts.hook_event import HookEvent
from usher.funnel.rows import (
    Row,
    campaign_rows,
    click_day,
    click_hour,
    day_of,
    ends_at,
    link_rows,
    quarter,
)
from usher.hooks.delivery_table import keep_event
from usher.ids import GuildId
from usher.platform.dynamo_reads import Caller, DynamoReads, Item, decode
from usher.platform.signed_http import AwsError
from usher.referrals.clicks import Click, ClickKind, Device
from usher.referrals.codec import Attributes
from usher.referrals.model import CampaignId, LinkCode
from usher.referrals.ports import EventOf
from usher.times import format_time, parse_time

KEEP_CLICKS: Final = timedelta(days=90)
KEEP_SALTS: Final = timedelta(days=2)
KEEP_VISITS: Final = timedelta(hours=2)
_COUNTED: Final = {
    ClickKind.HUMAN: "clicks",
    ClickKind.BOT: "bots",
    ClickKind.REPEAT: "repeats",
}
_REFUSED: Final = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True)
class DynamoClicks:
    """Implements ClickTable."""

    client: Caller
    name: str

    def salt(self, day: date, fresh: bytes) -> bytes:
        """Read the day's salt, writing `fresh` where there is none yet."""
        key = ("SALT", day.isoformat())
        kept = self._salt(key)
        if kept is not None:
            return kept
        ends = datetime(day.year, day.month, day.day, tzinfo=UTC) + KEEP_SALTS
        row: Attributes = {"salt": {"B": b64encode(fresh).decode()}}
        if self._put(*key, row | _ttl(ends), "attribute_not_exists(pk)", {}):
            return fresh
        return self._salt(key) or fresh

    def record(self, click: Click, event: EventOf | None = None) -> Click:
        """Keep a click and count it; a visitor's second within the hour comes back as a repeat."""
        if click.kind is ClickKind.HUMAN and not self._first(click):
            click = replace(click, kind=ClickKind.REPEAT)
        if event is None:
            self._put(f"L#{click.code}", _click_key(click), _write_click(click), "", {})
        else:
            self._put_with(event(click), click)
        for row, counter in _counters(click):
            self._count(click, row, counter)
        return click

    def clicks(self, code: LinkCode, since: datetime, limit: int) -> tuple[Click, ...]:
        """Read a link's clicks, newest first."""
        answer = self.client.call(
            "Query",
            {
                "TableName": self.name,
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :from AND :to",
                "ExpressionAttributeValues": {
                    ":pk": {"S": f"L#{code}"},
                    ":from": {"S": f"CLICK#{format_time(since)}"},
                    ":to": {"S": "CLICK#~"},
                },
                "ScanIndexForward": False,
                "Limit": limit,
            },
        )
        rows = answer.get("Items")
        reads = (_decoded(row) for row in rows) if isinstance(rows, list) else ()
        return tuple(read_click(code, row) for row in reads)

    def _salt(self, key: tuple[str, str]) -> bytes | None:
        item = DynamoReads(self.client, self.name).get(key, consistent=True)
        salt = item.get("salt") if item is not None else None
        return salt if isinstance(salt, bytes) else None

    def _first(self, click: Click) -> bool:
        """Whether it is the visitor's first of the hour, or that very click told again."""
        hour = click.at.astimezone(UTC).strftime("%Y-%m-%dT%H")
        row: Attributes = {"click": {"S": click.id}}
        return self._put(
            f"L#{click.code}",
            f"VISIT#{click.visitor}#{hour}",
            row | _ttl(click.at + KEEP_VISITS),
            "attribute_not_exists(pk) OR click = :id",
            {":id": {"S": click.id}},
        )

    def _count(self, click: Click, row: Row, counter: str) -> None:
        """Add one; the client repeats a call without an answer, and the last click adds once."""
        names = {"#counter": counter, "#last": "last_click"}
        values: Attributes = {":one": {"N": "1"}, ":id": {"S": click.id}}
        sets, ends = "#last = :id", ends_at(row[1])
        if ends is not None:
            names["#ttl"], values[":ttl"], sets = "ttl", {"N": str(ends)}, f"{sets}, #ttl = :ttl"
        request: dict[str, object] = {
            "TableName": self.name,
            "Key": {"pk": {"S": row[0]}, "sk": {"S": row[1]}},
            "UpdateExpression": f"SET {sets} ADD #counter :one",
            "ConditionExpression": "attribute_not_exists(#last) OR #last <> :id",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        self._tried("UpdateItem", request)

    def _put(
        self, partition: str, sort: str, attributes: Attributes, condition: str, values: Attributes
    ) -> bool:
        key: Attributes = {"pk": {"S": partition}, "sk": {"S": sort}}
        request: dict[str, object] = {"TableName": self.name, "Item": key | attributes}
        if condition:
            request["ConditionExpression"] = condition
        if values:
            request["ExpressionAttributeValues"] = values
        return self._tried("PutItem", request)

    def _put_with(self, event: HookEvent, click: Click) -> None:
        """Write a click with what is told of it. Both are rows of their own: none collides."""
        key: Attributes = {"pk": {"S": f"L#{click.code}"}, "sk": {"S": _click_key(click)}}
        put = {"Put": {"TableName": self.name, "Item": key | _write_click(click)}}
        actions = [put, keep_event(self.name, event, click.at)]
        self.client.call("TransactWriteItems", {"TransactItems": actions})

    def _tried(self, operation: str, request: dict[str, object]) -> bool:
        try:
            self.client.call(operation, request)
        except AwsError as error:
            if error.code != _REFUSED:
                raise
            return False
        return True


def _counters(click: Click) -> Iterator[tuple[Row, str]]:
    """Name what counts a click. Who is no person, or was here before, counts for the link alone."""
    link, name = link_rows(click.code), _COUNTED[click.kind]
    day = click_day(day_of(click.at), click.variant, click.code)
    yield (link, "LINK"), name
    yield (link, day), name
    if click.variant:
        yield (link, f"VARIANT#{click.variant}"), name
    if click.kind is ClickKind.HUMAN:
        campaign = campaign_rows(click.guild_id, click.campaign_id)
        yield (campaign, day), name
        for partition in (link, campaign):
            yield (partition, click_hour(click.at)), quarter(name, click.at)


def _click_key(click: Click) -> str:
    return f"CLICK#{format_time(click.at)}#{click.id}"


def _write_click(click: Click) -> Attributes:
    texts = {
        "kind": click.kind.value,
        "guild_id": click.guild_id,
        "campaign_id": click.campaign_id,
        "visitor": click.visitor,
        "variant": click.variant,
        "user_agent": click.user_agent,
        "device": click.device.kind,
        "browser": click.device.browser,
        "system": click.device.system,
        "referrer": click.referrer,
        "country": click.country,
    }
    written: Attributes = {name: {"S": text} for name, text in texts.items() if text}
    return written | _ttl(click.at + KEEP_CLICKS)


def read_click(code: LinkCode, row: Item) -> Click:
    """Read a click's row."""
    _, at, id_ = str(row["sk"]).split("#", 2)

    def text(name: str) -> str:
        return str(row.get(name) or "")

    return Click(
        id=id_,
        code=code,
        guild_id=GuildId(text("guild_id")),
        campaign_id=CampaignId(text("campaign_id")),
        at=parse_time(at),
        kind=ClickKind(text("kind")),
        visitor=text("visitor"),
        variant=text("variant"),
        user_agent=text("user_agent"),
        device=Device(text("device"), text("browser"), text("system")),
        referrer=text("referrer"),
        country=text("country"),
    )


def _decoded(row: object) -> Item:
    return {name: decode(value) for name, value in (row if isinstance(row, dict) else {}).items()}


def _ttl(moment: datetime) -> Attributes:
    return {"ttl": {"N": str(int(moment.timestamp()))}}
