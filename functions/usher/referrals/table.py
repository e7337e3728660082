"""Campaigns and links in the DynamoDB table, without the SDK.

`R#<guild>` holds a guild's campaigns and the names of its links, `L#<code>` a link with its days
and clicks: a click touches the rows of one link alone (`click_table.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from usher.contracts.hook_event import HookEvent
from usher.frozen import frozen
from usher.funnel.rows import STEPS
from usher.hooks.delivery_table import keep_event, kept_key
from usher.hooks.facts import link_created
from usher.ids import GuildId
from usher.platform.dynamo_reads import Caller, DynamoReads
from usher.platform.signed_http import AwsError
from usher.referrals.codec import (
    Attributes,
    read_campaign,
    read_link,
    with_steps,
    write_campaign,
    write_link,
)
from usher.referrals.model import Campaign, CampaignId, Link, LinkCode
from usher.referrals.ports import StaleError, TakenError

_OPTIONAL: Final = ("description", "platform", "expires_at", "invite")
_REFUSED: Final = ("ConditionalCheckFailedException", "TransactionCanceledException")


@frozen
class DynamoReferrals:
    """Implements ReferralTable."""

    client: Caller
    name: str

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)

    def link(self, code: LinkCode) -> Link | None:
        """Read a link."""
        for one in self._links([code]):
            return one
        return None

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

    def links(self, guild_id: GuildId) -> tuple[Link, ...]:
        """Read all links of a guild, newest first."""
        rows = self._reads.under(f"R#{guild_id}", "LINK#")
        codes = [LinkCode(str(row["sk"]).removeprefix("LINK#")) for row in rows]
        found = self._links(codes)
        return tuple(sorted(found, key=lambda one: one.created_at, reverse=True))

    def add_link(self, link: Link, event: HookEvent | None = None) -> None:
        """Write a new link, and an event with it; raises TakenError."""
        self._add(self._link_actions(link, event))

    def known(self, codes: Sequence[LinkCode]) -> dict[LinkCode, Link]:
        """Read links of whatever guild by their codes."""
        return {link.code: link for link in self._links(codes)}

    def count_links(self, guild_id: GuildId) -> int:
        """Count a guild's links."""
        return sum(1 for _ in self._reads.under(f"R#{guild_id}", "LINK#"))

    def add_links(self, links: Sequence[Link], *, told: bool) -> None:
        """Write links in one transaction, and events with them where `told`; raises TakenError."""
        self._add(
            [
                action
                for link in links
                for action in self._link_actions(link, link_created(link) if told else None)
            ]
        )

    def drop_links(self, links: Sequence[Link]) -> None:
        """Take links back that were just written, with what was to be told of them."""
        keys = [
            key
            for link in links
            for key in (
                (f"L#{link.code}", "LINK"),
                (f"R#{link.guild_id}", f"LINK#{link.code}"),
                kept_key(link_created(link)),
            )
        ]
        self._transact(
            {"Delete": {"TableName": self.name, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}}}
            for pk, sk in keys
        )

    def change_link(self, link: Link) -> None:
        """Replace a link's own attributes, of the version before; raises StaleError."""
        written = write_link(link)
        gone = [
            name
            for name in ("description", "platform", "expires_at", "invite")
            if name not in written
        ]
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

    def _link_actions(self, link: Link, event: HookEvent | None) -> list[Mapping[str, object]]:
        own = self._put(f"L#{link.code}", "LINK", write_link(link))
        own["ConditionExpression"] = "attribute_not_exists(pk)"
        listed = {
            name: attribute
            for name, attribute in write_link(link).items()
            if name in ("campaign_id", "owner_id", "created_at")
        }
        pointer = self._put(f"R#{link.guild_id}", f"LINK#{link.code}", listed)
        beside = [] if event is None else [keep_event(self.name, event, link.created_at)]
        return [{"Put": own}, {"Put": pointer}, *beside]

    def _add(self, actions: Sequence[Mapping[str, object]]) -> None:
        try:
            self._transact(actions)
        except AwsError as error:
            if error.code in _REFUSED:
                raise TakenError from error
            raise

    def _links(self, codes: Sequence[LinkCode]) -> Iterator[Link]:
        """Read links with the steps of their members, which are counted in a row of their own."""
        rows = self._reads.get_many((f"L#{code}", row) for code in codes for row in ("LINK", STEPS))
        for code in codes:
            if (item := rows.get((f"L#{code}", "LINK"))) is not None:
                yield read_link(with_steps(item, rows.get((f"L#{code}", STEPS), {})))

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

    def _transact(self, actions: Iterable[Mapping[str, object]]) -> None:
        self.client.call("TransactWriteItems", {"TransactItems": list(actions)})
