"""Campaigns, links and clicks in the DynamoDB table, without the SDK.

`R#<guild>` holds a guild's campaigns and the names of its links, `L#<code>` a link with its days
and clicks: a click touches the rows of one link alone.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from usher.ids import GuildId
from usher.platform.dynamo_reads import Caller, DynamoReads, Item, decode
from usher.platform.signed_http import AwsError
from usher.referrals.clicks import Click, ClickKind, Device
from usher.referrals.codec import Attributes, read_campaign, read_link, write_campaign, write_link
from usher.referrals.model import Campaign, CampaignId, Link, LinkCode
from usher.referrals.ports import StaleError, TakenError
from usher.times import format_time, parse_time

KEEP_CLICKS: Final = timedelta(days=90)
KEEP_SALTS: Final = timedelta(days=2)
KEEP_VISITS: Final = timedelta(hours=2)
_COUNTED: Final = {
    ClickKind.HUMAN: "clicks",
    ClickKind.BOT: "bots",
    ClickKind.REPEAT: "repeats",
}
_REFUSED: Final = ("ConditionalCheckFailedException", "TransactionCanceledException")


@dataclass(frozen=True, slots=True)
class DynamoReferrals:
    """Implements ReferralTable."""

    client: Caller
    name: str

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)

    # ------------------------------------------------------------ campaigns and links

    def link(self, code: LinkCode) -> Link | None:
        """Read a link."""
        item = self._reads.get((f"L#{code}", "LINK"))
        return None if item is None else read_link(item)

    def campaign(self, guild_id: GuildId, campaign_id: CampaignId) -> Campaign | None:
        """Read a campaign."""
        item = self._reads.get((f"R#{guild_id}", f"CAMPAIGN#{campaign_id}"))
        return None if item is None else read_campaign(str(item["campaign"]))

    def campaigns(self, guild_id: GuildId) -> tuple[Campaign, ...]:
        """Read all campaigns of a guild, oldest first."""
        rows = self._reads.under(f"R#{guild_id}", "CAMPAIGN#")
        found = [read_campaign(str(row["campaign"])) for row in rows]
        return tuple(sorted(found, key=lambda one: (one.created_at, one.id)))

    def add_campaign(self, campaign: Campaign) -> None:
        """Write a new campaign; raises TakenError."""
        try:
            self._put_campaign(campaign, "attribute_not_exists(pk)", {})
        except StaleError as error:
            raise TakenError from error

    def change_campaign(self, campaign: Campaign) -> None:
        """Replace a campaign of the version before; raises StaleError."""
        before: Attributes = {":before": {"N": str(campaign.version - 1)}}
        self._put_campaign(campaign, "version = :before", before)

    def add_link(self, link: Link) -> None:
        """Write a new link; raises TakenError."""
        own = self._put(f"L#{link.code}", "LINK", write_link(link))
        own["ConditionExpression"] = "attribute_not_exists(pk)"
        listed = {
            name: attribute
            for name, attribute in write_link(link).items()
            if name in ("campaign_id", "owner_id", "created_at")
        }
        pointer = self._put(f"R#{link.guild_id}", f"LINK#{link.code}", listed)
        try:
            self._transact([{"Put": own}, {"Put": pointer}])
        except AwsError as error:
            if error.code in _REFUSED:
                raise TakenError from error
            raise

    def change_link(self, link: Link) -> None:
        """Replace a link's own attributes, of the version before; raises StaleError."""
        written = write_link(link)
        gone = [name for name in ("description", "platform", "expires_at") if name not in written]
        names = {f"#{name}": name for name in (*written, *gone)}
        values = {f":{name}": attribute for name, attribute in written.items()}
        sets = ", ".join(f"#{name} = :{name}" for name in written)
        removes = ", ".join(f"#{name}" for name in gone)
        self._update(
            f"L#{link.code}",
            "LINK",
            f"SET {sets}" + (f" REMOVE {removes}" if removes else ""),
            values | {":before": {"N": str(link.version - 1)}},
            names,
            "#version = :before",
        )

    # ------------------------------------------------------------ clicks

    def salt(self, day: date, fresh: bytes) -> bytes:
        """Read the day's salt, writing `fresh` where there is none yet."""
        key = ("SALT", day.isoformat())
        for _ in range(2):
            item = self._reads.get(key, consistent=True)
            if item is not None and isinstance(item.get("salt"), bytes):
                return bytes(item["salt"])  # type: ignore[arg-type] # checked above
            put = self._put(*key, {"salt": {"B": b64encode(fresh).decode()}})
            put["Item"] |= _ttl(datetime(day.year, day.month, day.day, tzinfo=UTC) + KEEP_SALTS)
            put["ConditionExpression"] = "attribute_not_exists(pk)"
            try:
                self.client.call("PutItem", put)
            except AwsError as error:
                if error.code not in _REFUSED:
                    raise
        return fresh

    def record(self, click: Click) -> Click:
        """Keep a click and count it; a visitor's second within the hour comes back as a repeat."""
        if click.kind is ClickKind.HUMAN:
            try:
                self._transact([self._visit(click), *self._counted(click)], click.id)
            except AwsError as error:
                if error.code not in _REFUSED:
                    raise
                click = replace(click, kind=ClickKind.REPEAT)
            else:
                return click
        self._transact(self._counted(click), f"{click.id}{click.kind.value}")
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
        return tuple(_read_click(code, row) for row in reads)

    def _visit(self, click: Click) -> dict[str, object]:
        hour = click.at.astimezone(UTC).strftime("%Y-%m-%dT%H")
        put = self._put(f"L#{click.code}", f"VISIT#{click.visitor}#{hour}", {})
        put["Item"] |= _ttl(click.at + KEEP_VISITS)
        put["ConditionExpression"] = "attribute_not_exists(pk)"
        return {"Put": put}

    def _counted(self, click: Click) -> list[dict[str, object]]:
        name = _COUNTED[click.kind]
        day = click.at.astimezone(UTC).date().isoformat()
        put = self._put(f"L#{click.code}", _click_key(click), _write_click(click))
        put["Item"] |= _ttl(click.at + KEEP_CLICKS)
        rows = ["LINK", f"DAY#{day}"]
        if click.variant:
            rows.append(f"VARIANT#{click.variant}")
        adds: list[dict[str, object]] = [
            {
                "Update": {
                    "TableName": self.name,
                    "Key": {"pk": {"S": f"L#{click.code}"}, "sk": {"S": row}},
                    "UpdateExpression": "ADD #counter :one",
                    "ExpressionAttributeNames": {"#counter": name},
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            }
            for row in rows
        ]
        return [{"Put": put}, *adds]

    # ------------------------------------------------------------ calls

    def _put_campaign(self, campaign: Campaign, condition: str, values: Attributes) -> None:
        attributes: Attributes = {
            "campaign": {"S": write_campaign(campaign)},
            "version": {"N": str(campaign.version)},
        }
        put = self._put(f"R#{campaign.guild_id}", f"CAMPAIGN#{campaign.id}", attributes)
        put["ConditionExpression"] = condition
        if values:
            put["ExpressionAttributeValues"] = values
        try:
            self.client.call("PutItem", put)
        except AwsError as error:
            if error.code in _REFUSED:
                raise StaleError from error
            raise

    def _update(
        self,
        partition: str,
        sort: str,
        expression: str,
        values: Attributes,
        names: Mapping[str, str],
        condition: str,
    ) -> None:
        request = {
            "TableName": self.name,
            "Key": {"pk": {"S": partition}, "sk": {"S": sort}},
            "UpdateExpression": expression,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ConditionExpression": condition,
        }
        try:
            self.client.call("UpdateItem", request)
        except AwsError as error:
            if error.code in _REFUSED:
                raise StaleError from error
            raise

    def _put(self, partition: str, sort: str, attributes: Attributes) -> dict[str, Any]:
        key: Attributes = {"pk": {"S": partition}, "sk": {"S": sort}}
        return {"TableName": self.name, "Item": key | attributes}

    def _transact(self, actions: Iterable[Mapping[str, object]], token: str = "") -> None:
        request: dict[str, object] = {"TransactItems": list(actions)}
        if token:
            # The same token within ten minutes is the same call (DynamoDB: ClientRequestToken).
            request["ClientRequestToken"] = sha256(token.encode()).hexdigest()[:36]
        self.client.call("TransactWriteItems", request)


def _click_key(click: Click) -> str:
    return f"CLICK#{format_time(click.at)}#{click.id}"


def _write_click(click: Click) -> Attributes:
    texts = {
        "kind": click.kind.value,
        "visitor": click.visitor,
        "variant": click.variant,
        "user_agent": click.user_agent,
        "device": click.device.kind,
        "browser": click.device.browser,
        "system": click.device.system,
        "referrer": click.referrer,
        "country": click.country,
    }
    return {name: {"S": text} for name, text in texts.items() if text}


def _read_click(code: LinkCode, row: Item) -> Click:
    _, at, id_ = str(row["sk"]).split("#", 2)

    def text(name: str) -> str:
        return str(row.get(name) or "")

    return Click(
        id=id_,
        code=code,
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
