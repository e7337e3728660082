"""What the automod and raid commands share: what they call, and how rules and words are named."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from usher.asking import Deeds, SettingReads
from usher.automod.model import GROUP, Policy, read_policies
from usher.automod.raids import Window
from usher.automod.rule_desk import RuleDesk, asking
from usher.automod.rules import KEYWORD_LENGTH, MOST_KEYWORDS, Rule, keywords_of
from usher.channels.ports import Tools
from usher.contracts.deeds import SettingChanged
from usher.ids import GuildId
from usher.slash import text
from usher.slash.attached import HasAttached, read_attached
from usher.slash.completing import Suggestions, Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.resolved import AttachmentId
from usher.slash.say import say, say_count

TYPED: Final = 4_000
"""Characters of words that are typed."""
NAME_LENGTH: Final = 100
"""Of a rule (Discord docs: Auto Moderation)."""
MOST_BYTES: Final = 300_000
"""Of a file of words: 1,000 of 60 characters, in any script."""


class Windows(Protocol):
    """The joins of late."""

    def load(self, guild_id: GuildId) -> Window:
        """Read a guild's window; an empty one where there is none. May raise AwsError."""
        ...


class Reads(Protocol):
    """What is read while somebody types."""

    @property
    def settings(self) -> SettingReads:
        """The guild's settings."""
        ...


class Services(Reads, HasAttached, Protocol):
    """What these commands call."""

    @property
    def rules(self) -> RuleDesk:
        """Discord's own rules."""
        ...

    @property
    def deeds(self) -> Deeds:
        """Changes settings."""
        ...

    @property
    def channels(self) -> Tools:
        """The guild's door, and what is on record of it."""
        ...

    @property
    def windows(self) -> Windows:
        """The joins of late."""
        ...


def rules_of(ctx: Ctx[Services]) -> Sequence[Rule]:
    """Read the guild's rules; raises UserError."""
    return asking(lambda: ctx.services.rules.rules(ctx.guild_id))


def find(rules: Sequence[Rule], named: str) -> Rule:
    """Find a rule by its name or id; raises UserError."""
    wanted = named.strip().casefold()
    found = [one for one in rules if wanted in (one.id, one.name.casefold())]
    if len(found) == 1:
        return found[0]
    if not rules:
        raise UserError(say("This server has no rules yet. Begin with `/automod enable`."))
    if found:
        ids = ", ".join(text.code(one.id) for one in found)
        raise UserError(say("Several rules are called that. Name one by its id: {ids}", ids=ids))
    names = ", ".join(text.code(one.name) for one in rules)
    raise UserError(say("There is no such rule. There are: {names}", names=text.cut(names, 1_500)))


def policies(ctx: Ctx[Services] | Typing[Reads]) -> Mapping[str, Policy]:
    """Read what is done about each rule, by its id."""
    return read_policies(ctx.services.settings.group(ctx.guild_id, GROUP))


def words(ctx: Ctx[Services], typed: str | None, file: AttachmentId | None) -> tuple[str, ...]:
    """Read words that were typed or sent as a file; raises UserError."""
    said = [*keywords_of(typed or ""), *(keywords_of(_read(ctx, file)) if file else ())]
    check(said)
    return tuple(dict.fromkeys(said))


def check(said: Sequence[str]) -> None:
    """Refuse words that Discord does not take; raises UserError."""
    long = [one for one in said if len(one) > KEYWORD_LENGTH]
    if long:
        shown = text.code(text.cut(long[0], 40))
        raise UserError(
            say(
                "Discord takes words of at most {most} characters; {word} is longer.",
                most=KEYWORD_LENGTH,
                word=shown,
            )
        )
    if len(said) > MOST_KEYWORDS:
        raise UserError(
            say(
                "Discord takes at most {most} words a rule; these are {number}.",
                most=f"{MOST_KEYWORDS:,}",
                number=f"{len(said):,}",
            )
        )


def save(ctx: Ctx[Services], values: Mapping[str, str | None]) -> str:
    """Set settings by their whole names, None for the default; say whether they are in force."""
    deeds = [
        SettingChanged(f"{ctx.interaction_id}.{name}", name, value, ctx.user_id, ctx.now)
        for name, value in values.items()
    ]
    if ctx.services.deeds.do(ctx.guild_id, *deeds):
        return say("Saved.")
    return say("Saved; it takes effect in a moment.")


def audit(ctx: Ctx[Services], what: str) -> str:
    """Say in Discord's audit log who wanted what."""
    return f"{what} by {ctx.user_id}"


def rule_names(typing: Typing[Reads]) -> Suggestions:
    """Suggest rules that something is done about: those that Usher knows without asking Discord."""
    wanted = typing.typed.strip().casefold()
    for rule_id, policy in policies(typing).items():
        if wanted in policy.rule_name.casefold() or wanted == rule_id:
            yield policy.rule_name or rule_id, rule_id


def keywords(typing: Typing[Reads]) -> Suggestions:
    """Suggest words that something is done about, and the one that is typed."""
    wanted = typing.typed.strip().lower()
    held = {one.keyword for policy in policies(typing).values() for one in policy.reactions}
    shown = dict.fromkeys([wanted, *sorted(one for one in held if one and wanted in one.lower())])
    yield from ((one, one) for one in shown if one)


def counted(number: int) -> str:
    """Count words."""
    return say_count("{number} word", "{number} words", number)


def _read(ctx: Ctx[Services], file: AttachmentId) -> str:
    try:
        return read_attached(ctx, file, MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(say("That is no text file: I read words in UTF-8.")) from None
