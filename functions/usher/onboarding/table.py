"""Onboardings in the DynamoDB table, without the SDK.

`ON#<guild>` / `M#<user>#<time>` says how far a membership is, by ids alone; `OD#<guild>` under the
same sort key holds what was answered so far. Drafts are personal, hence in rows of their own: TTL
ends them, and backups leave them out.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId, RoleId, UserId
from usher.onboarding.model import Answers, Draft, Session, Stay, Way
from usher.platform.dynamo_reads import Caller, DynamoReads, Item, decode
from usher.platform.signed_http import AwsError
from usher.referrals.model import CampaignId, LinkCode
from usher.referrals.ports import StaleError
from usher.times import format_time, parse_time

DRAFTS: Final = "OD#"
"""What the partitions of drafts begin with."""
_REFUSED: Final = "ConditionalCheckFailedException"

type Values = dict[str, object]


@frozen
class DynamoSessions:
    """Implements Sessions. Every method may raise AwsError."""

    client: Caller
    table: str

    def find(self, stay: Stay) -> Session | None:
        """Read the session of a membership."""
        key = (f"ON#{stay.guild_id}", sort_key(stay))
        row = DynamoReads(self.client, self.table).get(key, consistent=True)
        return None if row is None else _session(row)

    def latest(self, guild_id: GuildId, user_id: UserId) -> Session | None:
        """Read the session of a member's latest membership that has one."""
        answer = self.client.call(
            "Query",
            {
                "TableName": self.table,
                "KeyConditionExpression": "pk = :pk AND begins_with(sk, :user)",
                "ExpressionAttributeValues": {
                    ":pk": {"S": f"ON#{guild_id}"},
                    ":user": {"S": f"M#{user_id}#"},
                },
                "ConsistentRead": True,
                "ScanIndexForward": False,
                "Limit": 1,
            },
        )
        rows = answer.get("Items")
        if not isinstance(rows, list) or not rows:
            return None
        return _session({name: decode(value) for name, value in rows[0].items()})

    def open(self, session: Session) -> Session:
        """Write a session unless its membership has one; return what stands."""
        item: Values = {
            **_key("ON#", session.stay),
            "campaign_id": {"S": session.campaign_id},
            "way": {"S": session.way.value},
            "opened_at": {"S": format_time(session.opened_at)},
            "link": {"S": session.link or ""},
        }
        put = {
            "TableName": self.table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        try:
            self.client.call("PutItem", put)
        except AwsError as error:
            if error.code != _REFUSED:
                raise
        return self.find(session.stay) or session

    def follow(self, stay: Stay, campaign_id: CampaignId, link: LinkCode | None) -> None:
        """Note by which link the member came after all."""
        values: Values = {":campaign": {"S": campaign_id}, ":link": {"S": link or ""}}
        self._update(stay, "SET campaign_id = :campaign, link = :link", values)

    def offered(self, stay: Stay, where: str, at: datetime) -> None:
        """Note where the button was sent; the first time stands."""
        change = "SET offered = if_not_exists(offered, :it), offered_at = if_not_exists("
        self._update(stay, f"{change}offered_at, :at)", {":it": {"S": where}, **_at(at)})

    def started(self, stay: Stay, at: datetime) -> None:
        """Note that the button was pressed; the first time stands."""
        self._update(stay, "SET started_at = if_not_exists(started_at, :at)", _at(at))

    def completed(self, stay: Stay, fields: int, at: datetime) -> None:
        """Note that all is answered; the first time stands."""
        change = "SET answered = if_not_exists(answered, :it), completed_at = if_not_exists("
        values: Values = {":it": {"N": str(fields)}, **_at(at)}
        self._update(stay, f"{change}completed_at, :at)", values)

    def settled(
        self, stay: Stay, given: Collection[RoleId], owed: Collection[RoleId], at: datetime
    ) -> None:
        """Note that what follows was done."""
        values: Values = {":given": _roles(given), ":owed": _roles(owed), **_at(at)}
        change = "SET given = :given, owed = :owed, settled_at = if_not_exists(settled_at, :at)"
        self._update(stay, change, values)

    def every(self, guild_id: GuildId) -> Iterable[Session]:
        """Read all sessions of a guild."""
        for row in DynamoReads(self.client, self.table).under(f"ON#{guild_id}", "M#"):
            yield _session(row)

    def _update(self, stay: Stay, change: str, values: Mapping[str, object]) -> None:
        request = {
            "TableName": self.table,
            "Key": _key("ON#", stay),
            "UpdateExpression": change,
            "ExpressionAttributeValues": values,
        }
        self.client.call("UpdateItem", request)


@frozen
class DynamoDrafts:
    """Implements Drafts. Every method may raise AwsError."""

    client: Caller
    table: str

    def draft(self, stay: Stay) -> Draft:
        """Read what was answered so far, consistently."""
        reads = DynamoReads(self.client, self.table)
        row = reads.get((f"{DRAFTS}{stay.guild_id}", sort_key(stay)), consistent=True)
        if row is None:
            return Draft()
        told = json.loads(str(row["answers"]))
        version = row.get("version")
        return Draft(
            {name: tuple(values) for name, values in told.items()},
            version if isinstance(version, int) else 0,
        )

    def keep(self, stay: Stay, answers: Answers, before: Draft, until: datetime) -> None:
        """Write answers over a draft as it was read; raises StaleError."""
        put: Values = {
            "TableName": self.table,
            "Item": {
                **_key(DRAFTS, stay),
                "answers": {"S": json.dumps(answers, separators=(",", ":"))},
                "version": {"N": str(before.version + 1)},
                "ttl": {"N": str(int(until.timestamp()))},
            },
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if before.version:
            put["ConditionExpression"] = "version = :before"
            put["ExpressionAttributeValues"] = {":before": {"N": str(before.version)}}
        try:
            self.client.call("PutItem", put)
        except AwsError as error:
            if error.code == _REFUSED:
                raise StaleError from error
            raise

    def drop(self, stay: Stay) -> None:
        """Forget the answers of a membership."""
        self.client.call("DeleteItem", {"TableName": self.table, "Key": _key(DRAFTS, stay)})

    def forget(self, guild_id: GuildId, user_id: UserId) -> None:
        """Forget all that a member has answered."""
        reads, partition = DynamoReads(self.client, self.table), f"{DRAFTS}{guild_id}"
        for row in reads.under(partition, f"M#{user_id}#"):
            key = {"pk": {"S": partition}, "sk": {"S": str(row["sk"])}}
            self.client.call("DeleteItem", {"TableName": self.table, "Key": key})


def sort_key(stay: Stay) -> str:
    """Name the rows of a membership; later ones come later."""
    return f"M#{stay.user_id}#{format_time(stay.joined_at)}"


def _key(group: str, stay: Stay) -> Values:
    return {"pk": {"S": f"{group}{stay.guild_id}"}, "sk": {"S": sort_key(stay)}}


def _session(row: Item) -> Session:
    _, user, joined_at = str(row["sk"]).split("#")
    guild_id = GuildId(str(row["pk"]).partition("#")[2])
    fields, link = row.get("answered"), row.get("link")
    return Session(
        stay=Stay(guild_id, UserId(user), parse_time(joined_at)),
        campaign_id=CampaignId(str(row["campaign_id"])),
        way=Way(str(row["way"])),
        opened_at=parse_time(str(row["opened_at"])),
        link=LinkCode(link) if isinstance(link, str) and link else None,
        offered=str(row.get("offered") or ""),
        offered_at=_moment(row, "offered_at"),
        started_at=_moment(row, "started_at"),
        completed_at=_moment(row, "completed_at"),
        fields=fields if isinstance(fields, int) else 0,
        settled_at=_moment(row, "settled_at"),
        given=_role_ids(row, "given"),
        owed=_role_ids(row, "owed"),
    )


def _moment(row: Item, name: str) -> datetime | None:
    value = row.get(name)
    return parse_time(value) if isinstance(value, str) else None


def _role_ids(row: Item, name: str) -> tuple[RoleId, ...]:
    value = row.get(name)
    return tuple(RoleId(str(one)) for one in value) if isinstance(value, list) else ()


def _roles(roles: Collection[RoleId]) -> dict[str, object]:
    return {"L": [{"S": role} for role in roles]}


def _at(at: datetime) -> Values:
    return {":at": {"S": format_time(at)}}
