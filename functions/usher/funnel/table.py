"""Journeys in the DynamoDB table, without the SDK.

`L#@<guild>` / `JOIN#<user>#<time>` is a membership, `L#<code>` / `EVENT#<kind>#<time>#<user>` a
step of one on its link, `L#<code>` / `INVITE#<invite>` the click for which an invite was made. What
is counted changes in one transaction with the journey.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from usher.credit.member_reads import read_member
from usher.frozen import frozen
from usher.funnel.codec import (
    Texts,
    read_journey,
    read_trace,
    write_event,
    write_journey,
)
from usher.funnel.events import events_of
from usher.funnel.model import NO_TRACE, Event, Journey, Trace
from usher.funnel.notice_table import noted
from usher.funnel.ports import Arrival
from usher.funnel.rows import Row, ends_at, held_row, journey_row, link_rows, member_rows
from usher.funnel.tallies import change
from usher.ids import GuildId, InviteCode, UserId
from usher.invites.notes import note_setting, read_note
from usher.platform.dynamo_reads import Caller, DynamoReads, Item
from usher.platform.signed_http import AwsError
from usher.referrals.codec import read_link
from usher.referrals.model import Link, LinkCode
from usher.referrals.ports import StaleError
from usher.times import format_time, parse_time

KEEP_EVENTS: Final = timedelta(days=90)
"""Steps of members as events, with what is known of the click before them: no longer than clicks.
Journeys and counters stay."""
_REFUSED: Final = ("TransactionCanceledException", "TransactionConflictException")


@frozen
class DynamoJourneys:
    """Implements JourneyRows and HeldRows."""

    client: Caller
    name: str

    def arrival(self, guild_id: GuildId, user_id: UserId) -> Arrival | None:
        """Read a member's latest membership, and by which link it came; None for nobody known."""
        item = self._reads.get((f"G#{guild_id}", f"M#{user_id}"), consistent=True)
        if item is None:
            return None
        member = read_member(item)
        code, added_by = member.word.code, member.word.link
        if code is None:
            by = LinkCode(added_by) if added_by else None
            return Arrival(member.joined_at, member.left_at, by)
        note = self._reads.get((f"G#{guild_id}", f"S#{note_setting(code)}"), consistent=True)
        link = None if note is None else read_note(note.get("value")).link
        by = LinkCode(link) if link else None
        return Arrival(member.joined_at, member.left_at, by, code, forgotten=note is None)

    def journeys(self, guild_id: GuildId, user_id: UserId) -> tuple[Journey, ...]:
        """Read a member's journeys, oldest first."""
        rows = self._reads.under(member_rows(guild_id), f"JOIN#{user_id}#")
        return tuple(journey_of(guild_id, row) for row in rows if "journey" in row)

    def link(self, code: LinkCode) -> Link | None:
        """Read a link without its counters."""
        item = self._reads.get((link_rows(code), "LINK"))
        return None if item is None else read_link(item)

    def trace(self, link: LinkCode, user_id: UserId, invite: InviteCode | None) -> Trace:
        """Read what is known of the click that led to an invite, or to a member's sign-in."""
        for who in (invite, f"@{user_id}"):
            item = self._reads.get((link_rows(link), f"INVITE#{who}")) if who else None
            if item is not None:
                return read_trace(item)
        return NO_TRACE

    def held(
        self, guild_id: GuildId, after: tuple[str, str] | None, limit: int
    ) -> tuple[Journey, ...]:
        """Read whose conversions are held, longest first, that come after one of time and id."""
        first = "HELD#" if after is None else f"HELD#{after[0]}#{after[1]}"
        rows = self._reads.some(member_rows(guild_id), first, "HELD#~", limit + 1)
        waiting = [row for row in rows if row["sk"] != first][:limit]
        keys = [(member_rows(guild_id), str(row["journey_key"])) for row in waiting]
        found = self._reads.get_many(keys)
        journeys = (journey_of(guild_id, found[key]) for key in keys if key in found)
        return tuple(one for one in journeys if held_row(one) is not None)

    def save(self, before: Journey, after: Journey, trace: Trace) -> None:
        """Write the next version of a journey, its events, and what it adds to every count.

        Raises StaleError where somebody else was at it meanwhile.
        """
        actions = [
            self._journey(replace(after, version=before.version + 1)),
            *self._events(before, after, trace),
            *self._waiting(before, after),
            *noted(self.name, before, after),
            *(self._add(row, numbers) for row, numbers in change(before, after).items()),
        ]
        try:
            self.client.call("TransactWriteItems", {"TransactItems": actions})
        except AwsError as error:
            if error.code in _REFUSED:
                raise StaleError from error
            raise

    def _journey(self, after: Journey) -> dict[str, object]:
        put = self._put(journey_row(after), {"journey": write_journey(after)})
        put["Item"]["version"] = {"N": str(after.version)}
        put["ConditionExpression"] = "version = :before"
        if after.version == 1:
            put["ConditionExpression"] = "attribute_not_exists(version)"
        else:
            put["ExpressionAttributeValues"] = {":before": {"N": str(after.version - 1)}}
        return {"Put": put}

    def _events(self, before: Journey, after: Journey, trace: Trace) -> Iterable[dict[str, object]]:
        """Write events that are new or other, and take away those that are no more."""
        old = {_event_row(one): one for one in events_of(before, trace)}
        new = {_event_row(one): one for one in events_of(after, trace)}
        if before.version == 0:
            old = {}
        for row, event in new.items():
            if old.get(row) != event:
                put = self._put(row, write_event(event))
                ends = event.at + KEEP_EVENTS
                put["Item"]["ttl"] = {"N": str(int(ends.timestamp()))}
                yield {"Put": put}
        for row in old.keys() - new.keys():
            yield self._delete(row)

    def _waiting(self, before: Journey, after: Journey) -> Iterable[dict[str, object]]:
        """Put a conversion that is held on the reviewers' list, or take it off."""
        old, new = held_row(before), held_row(after)
        if old == new:
            return
        if old is not None:
            yield self._delete(old)
        if new is not None:
            yield {"Put": self._put(new, {"journey_key": journey_row(after)[1]})}

    def _delete(self, row: Row) -> dict[str, object]:
        return {"Delete": {"TableName": self.name, "Key": _key(row)}}

    def _add(self, row: Row, numbers: dict[str, Any]) -> dict[str, object]:
        names = {f"#n{place}": name for place, name in enumerate(numbers)}
        values = {f":n{place}": {"N": str(number)} for place, number in enumerate(numbers.values())}
        sums = ", ".join(f"#n{place} :n{place}" for place in range(len(numbers)))
        ends = ends_at(row[1])
        if ends is not None:
            names["#ttl"], values[":ttl"] = "ttl", {"N": str(ends)}
        return {
            "Update": {
                "TableName": self.name,
                "Key": _key(row),
                "UpdateExpression": f"ADD {sums}" + ("" if ends is None else " SET #ttl = :ttl"),
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values,
            }
        }

    def _put(self, row: Row, texts: Texts) -> dict[str, Any]:
        attributes = {name: {"S": text} for name, text in texts.items()}
        return {"TableName": self.name, "Item": _key(row) | attributes}

    @property
    def _reads(self) -> DynamoReads:
        return DynamoReads(self.client, self.name)


def journey_of(guild_id: GuildId, row: Item) -> Journey:
    """Read a journey's row."""
    _, user, joined_at = str(row["sk"]).split("#", 2)
    version = row.get("version")
    return read_journey(
        guild_id,
        UserId(user),
        parse_time(joined_at),
        str(row["journey"]),
        version if isinstance(version, int) else 0,
    )


def _event_row(event: Event) -> Row:
    sort = f"EVENT#{event.kind.value}#{format_time(event.at)}#{event.user_id}"
    return link_rows(event.place.link), sort


def _key(row: Row) -> dict[str, object]:
    return {"pk": {"S": row[0]}, "sk": {"S": row[1]}}
