"""What Discord's own rules did against a message, as the gateway tells it (SPEC 7.4)."""

from dataclasses import dataclass
from datetime import datetime

from usher.contracts.wire import Fields, read_count, read_snowflake, read_text, unless_none
from usher.ids import ChannelId, UserId
from usher.times import format_time


@dataclass(frozen=True, slots=True)
class AutomodActed:
    """AUTO_MODERATION_ACTION_EXECUTION: one action of a rule. A rule with several tells several.

    Without content: nothing here needs the message content intent.
    """

    rule_id: str
    user_id: UserId
    """Whose message it was."""
    action: int
    """Discord's action type: 1 blocked, 2 told the moderators, 3 timed out, 4 quarantined."""
    at: datetime
    channel_id: ChannelId | None = None
    """None where it was no message, but a profile."""
    keyword: str | None = None
    """The word of the rule that matched."""
    message_id: str | None = None
    """None for a message that was blocked."""


def write_automod(event: AutomodActed) -> Fields:
    """Write what a rule did."""
    return {
        "t": "automod",
        "at": format_time(event.at),
        "rule_id": event.rule_id,
        "user_id": event.user_id,
        "action": event.action,
        "channel_id": event.channel_id,
        "keyword": event.keyword,
        "message_id": event.message_id,
    }


def read_automod(fields: Fields, at: datetime) -> AutomodActed:
    """Read what `write_automod` wrote; raises ContractError."""
    return _read(fields, at, read_count(fields, "action"), "keyword")


def observe_automod(data: Fields, at: datetime) -> AutomodActed:
    """Read a dispatch received at `at`; raises ContractError."""
    action = data.get("action")
    kind = read_count(action, "type") if isinstance(action, dict) else 0
    return _read(data, at, kind, "matched_keyword")


def _read(fields: Fields, at: datetime, action: int, keyword: str) -> AutomodActed:
    channel_id = unless_none(fields, "channel_id", read_snowflake)
    return AutomodActed(
        rule_id=read_snowflake(fields, "rule_id"),
        user_id=UserId(read_snowflake(fields, "user_id")),
        action=action,
        at=at,
        channel_id=None if channel_id is None else ChannelId(channel_id),
        keyword=unless_none(fields, keyword, read_text),
        message_id=unless_none(fields, "message_id", read_snowflake),
    )
