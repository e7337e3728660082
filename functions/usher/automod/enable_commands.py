"""/automod enable: one command for what servers want of Discord's rules (SPEC 7.4)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from usher.automod.asking import (
    NAME_LENGTH,
    TYPED,
    Services,
    audit,
    check,
    policies,
    rules_of,
    words,
)
from usher.automod.changing import (
    NAMES,
    STANDARD_MENTIONS,
    TRIGGERS,
    WITH_WORDS,
    Preset,
    change_to,
    existing,
    words_of,
)
from usher.automod.rule_commands import automod
from usher.automod.rule_desk import asking
from usher.automod.rule_words import rule_field
from usher.automod.rules import (
    LISTS,
    MESSAGE_LENGTH,
    MOST_MENTIONS,
    MOST_OF,
    Rule,
    Trigger,
    Wanted,
    body_of,
)
from usher.ids import ChannelId
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission, allows
from usher.slash.replies import Embed, Reply
from usher.slash.resolved import AttachmentId
from usher.slash.say import say, say_count

WRITABLE: Final = (0, 5)
"""Discord's channel types for text and announcements."""


@automod.command("enable", "Switch a rule on, or add to it", defer=True, ephemeral=True)
def enable(
    ctx: Ctx[Services],
    preset: Annotated[Preset, Opt("Against what")],
    limit: Annotated[
        int | None, Opt("Most mentions in a message; 10 if left out", min=1, max=MOST_MENTIONS)
    ] = None,
    words_: Annotated[
        str | None, Opt("Words, parted by commas; `cat*` also finds catch", max_length=TYPED)
    ] = None,
    file: Annotated[AttachmentId | None, Opt("Words as a text file, one a line")] = None,
    alert: Annotated[ChannelId | None, Opt("Where moderators are told of each message")] = None,
    message: Annotated[
        str | None, Opt("What whoever is blocked reads", max_length=MESSAGE_LENGTH)
    ] = None,
    name: Annotated[
        str | None, Opt("Of a rule of words, where there are several", max_length=NAME_LENGTH)
    ] = None,
) -> Reply:
    """Make a rule, or switch on and change the one there is."""
    trigger = TRIGGERS[preset]
    _check(ctx, trigger, limit, alert, message, worded=bool(words_ or file))
    wanted = Wanted(
        name=" ".join((name or "").split()) or NAMES[trigger],
        trigger=trigger,
        keywords=words(ctx, words_, file),
        mentions=limit or 0,
        lists=(LISTS[preset.value],) if trigger is Trigger.PRESET else (),
        alert_channel_id=alert,
        message=" ".join((message or "").split()),
    )
    rules = rules_of(ctx)
    held = existing(rules, trigger, wanted.name)
    if held is None:
        return _shown(ctx, _made(ctx, rules, wanted), say("Made and switched on."))
    body = change_to(held, wanted)
    if not body:
        return _shown(ctx, held, say("It is on like that already."))
    check(words_of(body) or ())
    desk = ctx.services.rules
    changed = asking(lambda: desk.change(ctx.guild_id, held.id, body, audit(ctx, "Switched on")))
    return _shown(ctx, changed, say("Changed; it is on."))


def _made(ctx: Ctx[Services], rules: Sequence[Rule], wanted: Wanted) -> Rule:
    if wanted.trigger in WITH_WORDS and not wanted.keywords:
        raise UserError(say("Which words? Give `words`, or a text file."))
    most = MOST_OF[wanted.trigger]
    if len([one for one in rules if one.trigger == wanted.trigger]) >= most:
        raise UserError(
            say_count(
                "Discord lets a server have {number} rule of that kind. Add to it with "
                "`/automod words`, or delete it with `/automod disable`.",
                "Discord lets a server have {number} rules of that kind. Add to one with "
                "`/automod words`, or delete one with `/automod disable`.",
                most,
            )
        )
    body = body_of(replace(wanted, mentions=wanted.mentions or STANDARD_MENTIONS))
    desk = ctx.services.rules
    return asking(lambda: desk.make(ctx.guild_id, body, audit(ctx, "Made")))


def _check(
    ctx: Ctx[Services],
    trigger: Trigger,
    limit: int | None,
    alert: ChannelId | None,
    message: str | None,
    *,
    worded: bool,
) -> None:
    """Refuse what does not go together."""
    if limit is not None and trigger is not Trigger.MENTIONS:
        raise UserError(say("A limit is for mentions alone."))
    if worded and trigger not in WITH_WORDS:
        raise UserError(say("Words are for the presets `words` and `profiles` alone."))
    if message and trigger is Trigger.PROFILE:
        raise UserError(say("A rule about names blocks no message, so nobody reads anything."))
    found = ctx.channels.get(alert) if alert else None
    if found is not None and found.type not in WRITABLE:
        raise UserError(say("Please choose a text channel."))
    if ctx.app_permissions and not allows(ctx.app_permissions, Permission.MANAGE_GUILD):
        raise UserError(say("I need Manage Server for Discord's own rules. Give it to my role."))


def _shown(ctx: Ctx[Services], rule: Rule, words: str) -> Reply:
    field = rule_field(rule, policies(ctx).get(rule.id))
    return Reply(words, (Embed(fields=(field,)),), ephemeral=True)
