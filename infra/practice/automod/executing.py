"""What rules do to a message or a member: an event and an entry for each action.

Source: Discord API reference, "Gateway Events", Auto Moderation Action Execution.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from infra.practice.audit import AuditAction, audit
from infra.practice.automod.matching import Match, match
from infra.practice.automod.rule import MEMBER_UPDATE, MESSAGE_SEND, AutoModRule, Deed
from infra.practice.content.message import Message
from infra.practice.entities import Channel, Guild, Member
from infra.practice.intents import Dispatch, Dispatches, Intents
from infra.practice.json_types import JsonObject, as_object
from infra.practice.membership import member_event
from infra.practice.permissions import Permission, guild_permissions
from infra.practice.posting import Postbox
from infra.practice.world import World

ALERT = 24
QUARANTINED_NAME = 1 << 7
_ACTIONS = {
    Deed.BLOCK_MESSAGE: AuditAction.AUTO_MODERATION_BLOCK_MESSAGE,
    Deed.SEND_ALERT_MESSAGE: AuditAction.AUTO_MODERATION_FLAG_TO_CHANNEL,
    Deed.TIMEOUT: AuditAction.AUTO_MODERATION_USER_COMMUNICATION_DISABLED,
    Deed.BLOCK_MEMBER_INTERACTION: AuditAction.AUTO_MODERATION_QUARANTINE_USER,
}


@dataclass(slots=True)
class Case:
    """A text that rules look at. `message` is None where there is none, or it was blocked."""

    guild: Guild
    member: Member
    text: str
    channel: Channel | None = None
    message: Message | None = None


@dataclass(slots=True)
class Verdict:
    """What the rules say of a text: whether it may stand, why not, and what set them off."""

    hits: list[tuple[AutoModRule, Match]] = field(default_factory=list)

    @property
    def blocked(self) -> bool:
        """Whether the message is kept from being posted."""
        return any(_does(rule, Deed.BLOCK_MESSAGE) for rule, _ in self.hits)

    @property
    def explanation(self) -> str:
        """What the member is told besides; empty where the rules say nothing."""
        for rule, _ in self.hits:
            for action in rule.actions:
                told = as_object(action.get("metadata")).get("custom_message")
                if told:
                    return str(told)
        return ""


def look(case: Case) -> Verdict:
    """Let the rules of a guild look; those who manage it, and bots, are left alone."""
    held = guild_permissions(case.guild, case.member)
    if held & (Permission.MANAGE_GUILD | Permission.ADMINISTRATOR):
        return Verdict()
    event = MEMBER_UPDATE if case.channel is None else MESSAGE_SEND
    verdict = Verdict()
    for rule in case.guild.automod_rules.values():
        if not rule.enabled or rule.event_type != event or _exempt(rule, case):
            continue
        found = match(rule, case.text)
        if found is not None:
            verdict.hits.append((rule, found))
    return verdict


class Executor:
    """Does what rules ask for."""

    def __init__(self, world: World, postbox: Postbox) -> None:
        self._world = world
        self._postbox = postbox

    def execute(self, case: Case, verdict: Verdict) -> Dispatches:
        """Do every action of every rule that was set off, each with an event of its own."""
        events: Dispatches = []
        for rule, found in verdict.hits:
            for action in rule.actions:
                events += self._act(case, rule, found, action)
        return events

    def look_at_name(self, guild: Guild, member: Member) -> Dispatches:
        """Have the rules for profiles look at how a member is called."""
        user = self._world.user(member.user_id)
        case = Case(guild, member, member.nick or user.global_name or user.username)
        return self.execute(case, look(case))

    def _act(self, case: Case, rule: AutoModRule, found: Match, action: JsonObject) -> Dispatches:
        kind, metadata = Deed(int(str(action["type"]))), as_object(action.get("metadata"))
        about = self._about(case, rule, found, action)
        events: Dispatches = []
        if kind is Deed.SEND_ALERT_MESSAGE:
            alert = self._alert(case, rule, found, str(metadata.get("channel_id")))
            if alert is not None:
                about["alert_system_message_id"] = alert[0].id
                events = alert[1]
        elif kind is Deed.TIMEOUT:
            length = timedelta(seconds=int(str(metadata.get("duration_seconds") or 0)))
            case.member.communication_disabled_until = self._world.now + length
            events = [member_event("GUILD_MEMBER_UPDATE", self._world, case.guild, case.member)]
        elif kind is Deed.BLOCK_MEMBER_INTERACTION:
            case.member.flags |= QUARANTINED_NAME
            events = [member_event("GUILD_MEMBER_UPDATE", self._world, case.guild, case.member)]
        return [*events, _executed(case.guild, about), self._entry(case, rule, kind)]

    def _about(self, case: Case, rule: AutoModRule, found: Match, action: JsonObject) -> JsonObject:
        about: JsonObject = {
            "guild_id": case.guild.id,
            "action": action,
            "rule_id": rule.id,
            "rule_trigger_type": rule.trigger_type,
            "user_id": case.member.user_id,
            "content": case.text,
            "matched_keyword": found.keyword,
            "matched_content": found.content,
        }
        if case.channel is not None:
            about["channel_id"] = case.channel.id
        if case.message is not None:
            about["message_id"] = case.message.id
        return about

    def _entry(self, case: Case, rule: AutoModRule, kind: Deed) -> Dispatch:
        options: JsonObject = {
            "auto_moderation_rule_name": rule.name,
            "auto_moderation_rule_trigger_type": str(rule.trigger_type),
        }
        if case.channel is not None:
            options["channel_id"] = case.channel.id
        user_id = case.member.user_id
        return audit(self._world, case.guild, _ACTIONS[kind], user_id, user_id, options=options)

    def _alert(
        self, case: Case, rule: AutoModRule, found: Match, channel_id: str
    ) -> tuple[Message, Dispatches] | None:
        channel = case.guild.place(channel_id)
        if channel is None:
            return None
        told = {
            "rule_name": rule.name,
            "keyword": found.keyword or "",
            "keyword_matched_content": found.content or "",
            "channel_id": case.channel.id if case.channel is not None else "",
            "flagged_message_id": case.message.id if case.message is not None else "",
        }
        embed: JsonObject = {
            "type": "auto_moderation_message",
            "description": case.text,
            "fields": [
                {"name": name, "value": value, "inline": False}
                for name, value in told.items()
                if value
            ],
        }
        return self._postbox.notice(channel, case.member.user_id, ALERT, [embed])


def _does(rule: AutoModRule, deed: Deed) -> bool:
    return any(action.get("type") == deed for action in rule.actions)


def _exempt(rule: AutoModRule, case: Case) -> bool:
    if set(rule.exempt_roles) & set(case.member.roles):
        return True
    if case.channel is None:
        return False
    return bool({case.channel.id, case.channel.parent_id} & set(rule.exempt_channels))


def _executed(guild: Guild, about: JsonObject) -> Dispatch:
    """Announce an action; what was written is only for those with MESSAGE_CONTENT."""
    return Dispatch(
        event="AUTO_MODERATION_ACTION_EXECUTION",
        data=about,
        guild_id=guild.id,
        intents=Intents.AUTO_MODERATION_EXECUTION,
        permissions=Permission.MANAGE_GUILD,
        redacted={**about, "content": "", "matched_content": ""},
    )
