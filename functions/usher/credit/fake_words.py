"""Fake rules and recounts in a server owner's words."""

from typing import Final

from usher.contracts.recount import RecountStep
from usher.credit.fake import Rule, Rules, settings_of
from usher.credit.fake_names import name_of
from usher.credit.fake_queries import Survey
from usher.ids import VANITY, UserId
from usher.slash import text
from usher.slash.replies import Embed, Field, Reply
from usher.slash.say import later, say, say_count

BLURPLE: Final = 0x5865F2
GREEN: Final = 0x57F287
YELLOW: Final = 0xFEE75C
INVITERS_SHOWN: Final = 10
PAST: Final = later(
    "It counts for joins from now on. `/invite fake recount` judges the past by it too."
)


ROLES: Final = later(
    "It judges members who join from now on. I see a role that they get within a week of joining; "
    "whoever gets it later stays fake."
)


def past(rule: Rule, rules: Rules) -> str:
    """Say of whom a changed rule speaks."""
    seen_late = rule is Rule.MISSING_ROLE and rules.missing_role is not None
    return say(ROLES if seen_late else PAST)


def says(rule: Rule, rules: Rules) -> str:
    """Say what a rule holds of, or that it is off."""
    if settings_of(rules).get(rule) == "off" or (rule is Rule.BLOCKED and not rules.blocked):
        return say("off")
    match rule:
        case Rule.SELF_INVITE:
            return say("joins by an invite of one's own")
        case Rule.YOUNG_ACCOUNT:
            return say_count(
                "joins of accounts younger than {number} day",
                "joins of accounts younger than {number} days",
                rules.young_account or 0,
            )
        case Rule.REJOIN:
            return say("joins of former members")
        case Rule.LEFT_WITHIN:
            return say_count(
                "members who are gone within {number} hour",
                "members who are gone within {number} hours",
                rules.left_within or 0,
            )
        case Rule.DEFAULT_AVATAR:
            return say("joins without an avatar of one's own")
        case Rule.MISSING_ROLE if rules.missing_role is not None:
            return say("members without {role}", role=text.role(rules.missing_role))
        case _:
            return say_count(
                "joins by invites of {number} blocked member",
                "joins by invites of {number} blocked members",
                len(rules.blocked),
            )


def show(rules: Rules) -> Reply:
    """Show every rule as it is."""
    lines = [f"**{name_of(rule)}**: {says(rule, rules)}" for rule in Rule]
    note = say(
        "Fake joins are tracked and taken off again. A changed rule counts for later joins; "
        "/invite fake recount judges the past."
    )
    embed = Embed("\n".join(lines), say("What counts as fake"), footer=note, color=BLURPLE)
    return Reply(embeds=(embed,), ephemeral=True)


def surveyed(found: Survey) -> Embed:
    """Say what a recount would change."""
    looked = say_count(
        "Looked at {number} membership, the latest of each member.",
        "Looked at {number} memberships, the latest of each member.",
        found.looked,
    )
    if not found.changes:
        return _embed(f"{looked}\n{say('They all stay as they are.')}{_part(found)}", GREEN)
    head = say_count("**{number}** would change:", "**{number}** would change:", found.changes)
    counts = {
        say_count("{number} becomes fake", "{number} become fake", found.fake): found.fake,
        say_count(
            "{number} is fake no more", "{number} are fake no more", found.genuine
        ): found.genuine,
        say_count(
            "{number} stays fake, for another reason",
            "{number} stay fake, for another reason",
            found.reasons,
        ): found.reasons,
        say_count(
            "{number} of them waits for its inviter to be known",
            "{number} of them wait for their inviters to be known",
            found.held,
        ): found.held,
    }
    lines = [f"• {said}" for said, number in counts.items() if number]
    fields = [Field(say("By rule"), _by_rule(found))]
    moved = [(who, by) for who, by in found.inviters.items() if by]
    if moved:
        top = sorted(moved, key=lambda one: (-abs(one[1]), one[0]))
        told = [f"{_inviter(who)}: {by:+,}" for who, by in top[:INVITERS_SHOWN]]
        more = len(top) - INVITERS_SHOWN
        if more > 0:
            told.append(say_count("and {number} more", "and {number} more", more))
        fields.append(Field(say("Effective invites"), "\n".join(told)))
    body = "\n".join((looked, head, *lines))
    return _embed(f"{body}{_part(found)}", YELLOW, *fields)


def _by_rule(found: Survey) -> str:
    lines = []
    for rule in (*Rule, *sorted((found.gained.keys() | found.lost.keys()) - set(Rule))):
        parts = [
            f"{sign}{number:,}"
            for sign, number in (("+", found.gained[rule]), ("−", found.lost[rule]))
            if number
        ]
        if parts:
            lines.append(f"{name_of(rule)}: {' '.join(parts)}")
    return "\n".join(lines)


def _inviter(who: str) -> str:
    return say("the vanity link") if who == VANITY else text.user(UserId(who))


def _part(found: Survey) -> str:
    if found.whole:
        return ""
    more = say("There are more members than I had time for; a recount looks at all of them.")
    return f"\n{more}"


def recounting(step: RecountStep) -> Reply:
    """Say how far a recount has come."""
    return Reply(embeds=(_embed(f"{_so_far(step)} …", BLURPLE),), ephemeral=True)


def recounted(step: RecountStep) -> Reply:
    """Say that a recount is done."""
    return Reply(embeds=(_embed(f"{say('Done.')} {_so_far(step)}.", GREEN),), ephemeral=True)


def rules_changed(step: RecountStep) -> Reply:
    """Say why a recount ended early."""
    why = say("The rules have changed meanwhile. Run `/invite fake recount` again.")
    return Reply(embeds=(_embed(f"{why} {_so_far(step)}.", YELLOW),), ephemeral=True)


def recount_stuck(step: RecountStep) -> Reply:
    """Say that the event worker does not get on."""
    why = say("What was sent is not recorded yet, so I stop. Run `/invite fake recount` later.")
    return Reply(embeds=(_embed(f"{why} {_so_far(step)}.", YELLOW),), ephemeral=True)


def _so_far(step: RecountStep) -> str:
    looked = say_count("{number} member looked at", "{number} members looked at", step.looked)
    sent = say_count("{number} judged again", "{number} judged again", step.sent)
    return f"{looked}, {sent}"


def _embed(body: str, color: int, *fields: Field) -> Embed:
    return Embed(body, say("Recount"), tuple(fields), color=color)
