"""/automod list, disable, words, exempt and test: Discord's own rules (SPEC 7.4)."""

from dataclasses import replace
from typing import Annotated, Final

from usher.automod.asking import (
    NAME_LENGTH,
    TYPED,
    Services,
    audit,
    check,
    counted,
    find,
    policies,
    rule_names,
    rules_of,
    save,
    words,
)
from usher.automod.changing import WITH_WORDS, Body, with_exempt, with_words, words_of
from usher.automod.model import WATCHED, Policy, anything, may_outlast, setting, write_policy
from usher.automod.rule_desk import asking
from usher.automod.rule_words import CROWDED, SHOWN, fits, rule_field
from usher.automod.rules import MOST_EXEMPT_CHANNELS, MOST_EXEMPT_ROLES, Rule, keywords_of
from usher.automod.testing import verdicts
from usher.ids import ChannelId, RoleId
from usher.moderation.rules import NATIVE
from usher.moderation.settings import MUTES, ON
from usher.slash import text
from usher.slash.commands import Group
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.options import Opt
from usher.slash.permissions import Permission
from usher.slash.replies import Embed, File, Reply, sentence
from usher.slash.say import say

FEW: Final = 4
"""Rules that can be shown at length."""

automod = Group(
    "automod",
    "What Discord's own rules look for, and what I do about it",
    permissions=Permission.MANAGE_GUILD,
)

RuleName = Annotated[
    str, Opt("Which rule, by its name or id", max_length=NAME_LENGTH, complete=rule_names)
]


@automod.command("list", "Show the rules", defer=True, ephemeral=True)
def list_(ctx: Ctx[Services]) -> Reply:
    """Show every rule; words that do not fit come as a file."""
    rules, done = rules_of(ctx), policies(ctx)
    title = say("Auto moderation")
    if not rules:
        return Reply(
            embeds=(Embed(say("There are no rules yet. Begin with `/automod enable`."), title),),
            ephemeral=True,
        )
    room = SHOWN if len(rules) <= FEW else CROWDED
    fields = tuple(rule_field(one, done.get(one.id), room) for one in rules)
    files = tuple(
        File(f"words_{one.id}.txt", "\n".join(one.keywords).encode(), "text/plain; charset=utf-8")
        for one in rules
        if not fits(one.keywords, room)
    )
    return Reply(embeds=(Embed(title=title, fields=fields),), files=files, ephemeral=True)


@automod.command("disable", "Switch a rule off, or delete it", defer=True, ephemeral=True)
def disable(
    ctx: Ctx[Services],
    rule: RuleName,
    delete: Annotated[bool, Opt("Delete it for good, with what I do about it")] = False,
) -> Reply:
    """Switch a rule off; what it looks for stays, unless it is deleted."""
    found = find(rules_of(ctx), rule)
    name = text.escape(found.name)
    if delete:
        desk = ctx.services.rules
        asking(lambda: desk.delete(ctx.guild_id, found.id, audit(ctx, "Deleted")))
        _forget(ctx, found)
        return sentence(say("**{rule}** is deleted.", rule=name))
    if not found.enabled:
        return sentence(say("**{rule}** is off already.", rule=name))
    _change(ctx, found, {"enabled": False}, "Switched off")
    return sentence(say("**{rule}** is off. `/automod enable` switches it on again.", rule=name))


@automod.command("words", "Add words to a rule, or remove some", defer=True, ephemeral=True)
def change_words(
    ctx: Ctx[Services],
    rule: RuleName,
    add: Annotated[
        str | None, Opt("Words, parted by commas; `cat*` also finds catch", max_length=TYPED)
    ] = None,
    remove: Annotated[str | None, Opt("Words, parted by commas", max_length=TYPED)] = None,
) -> Reply:
    """Change the words of a rule."""
    more, less = words(ctx, add, None), keywords_of(remove or "")
    if not more and not less:
        raise UserError(say("Which words? Give `add` or `remove`."))
    found = find(rules_of(ctx), rule)
    if found.trigger not in WITH_WORDS:
        raise UserError(say("That rule has no words of its own."))
    body = with_words(found, more, less)
    after = words_of(body)
    if after is None:
        return sentence(say("Nothing is changed: the words are like that already."))
    if not after:
        raise UserError(
            say("A rule needs a word. To end it, use `/automod disable`, which can also delete it.")
        )
    check(after)
    changed = _change(ctx, found, body, "Words changed")
    _forget(ctx, found, kept=after)
    return Reply(
        say("**{rule}** has {words} now.", rule=text.escape(found.name), words=counted(len(after))),
        embeds=(Embed(fields=(rule_field(changed, policies(ctx).get(found.id)),)),),
        ephemeral=True,
    )


@automod.command("exempt", "Let a rule leave a role or a channel alone", defer=True, ephemeral=True)
def exempt(
    ctx: Ctx[Services],
    rule: RuleName,
    role: Annotated[RoleId | None, Opt("Who has this role is left alone")] = None,
    channel: Annotated[ChannelId | None, Opt("What is written here is left alone")] = None,
    remove: Annotated[bool, Opt("Not any more")] = False,
) -> Reply:
    """Change whom a rule leaves alone."""
    if role is None and channel is None:
        raise UserError(say("Whom? Give `role` or `channel`."))
    if role == RoleId(ctx.guild_id):
        raise UserError(say("Everybody has that role. `/automod disable` switches a rule off."))
    found = find(rules_of(ctx), rule)
    roles = with_exempt(found.exempt_roles, role, remove=remove)
    channels = with_exempt(found.exempt_channels, channel, remove=remove)
    if len(roles) > MOST_EXEMPT_ROLES:
        raise UserError(
            say("Discord lets a rule leave at most {most} roles alone.", most=MOST_EXEMPT_ROLES)
        )
    if len(channels) > MOST_EXEMPT_CHANNELS:
        raise UserError(
            say(
                "Discord lets a rule leave at most {most} channels alone.",
                most=MOST_EXEMPT_CHANNELS,
            )
        )
    body: Body = {"exempt_roles": roles, "exempt_channels": channels}
    changed = _change(ctx, found, body, "Exemptions changed")
    field = rule_field(changed, policies(ctx).get(found.id))
    return Reply(say("Done."), embeds=(Embed(fields=(field,)),), ephemeral=True)


@automod.command("test", "See which rules a text would set off", defer=True, ephemeral=True)
def try_(
    ctx: Ctx[Services],
    text_: Annotated[str, Opt("What somebody might write", min_length=1, max_length=2_000)],
) -> Reply:
    """Say which words of which rules match, and what cannot be said."""
    rules = rules_of(ctx)
    if not rules:
        raise UserError(say("This server has no rules yet. Begin with `/automod enable`."))
    lines = "\n".join(verdicts(rules, text_))
    return Reply(embeds=(Embed(lines, say("What the rules would do")),), ephemeral=True)


def _change(ctx: Ctx[Services], rule: Rule, body: Body, what: str) -> Rule:
    desk = ctx.services.rules
    return asking(lambda: desk.change(ctx.guild_id, rule.id, body, audit(ctx, what)))


def _forget(ctx: Ctx[Services], rule: Rule, kept: list[str] | None = None) -> None:
    """Forget what is done about words that a rule has no more, or about a rule that is gone."""
    done = policies(ctx)
    policy = done.get(rule.id)
    if policy is None:
        return
    held = {None, *kept} if kept is not None else set()
    left = replace(policy, reactions=tuple(one for one in policy.reactions if one.keyword in held))
    if left != policy:
        save(ctx, policy_values({**done, rule.id: left}, rule.id))


def policy_values(after: dict[str, Policy], rule_id: str) -> dict[str, str | None]:
    """Write the settings that change with one rule's policy."""
    values = {
        setting(rule_id): write_policy(after[rule_id]),
        WATCHED: ON if anything(after.values()) else None,
    }
    # A mute that Discord does not know the end of is given again to whoever comes back.
    return values | ({MUTES: ON} if may_outlast(after[rule_id], NATIVE) else {})
