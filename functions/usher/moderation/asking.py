"""What moderation commands share: whom they serve, what they call, what they say of failures."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final, Protocol

from usher.asking import Deeds, SettingReads
from usher.contracts.case_effects import PostCard
from usher.ids import GuildId, UserId
from usher.moderation.durations import suggested
from usher.moderation.guard import Action, Actor
from usher.moderation.guard_words import refused
from usher.moderation.massing import Massed
from usher.moderation.model import Case, Evidence, SlotKind
from usher.moderation.order import Order, RefusedError, Rulebook
from usher.moderation.ports import (
    ActError,
    CaseBook,
    Files,
    ForbiddenError,
    LimitedError,
    MissingError,
    UncertainError,
)
from usher.moderation.settings import ModSettings
from usher.moderation.words import kind_of
from usher.slash import text
from usher.slash.completing import Suggestions, Typing
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.permissions import Permission, allows, names
from usher.slash.resolved import AttachmentId
from usher.slash.say import later, say, say_count

REASON: Final = 400
NEEDED: Final = Permission.MODERATE_MEMBERS
SAVED_LATER: Final = later("Saved; it takes effect in a moment.")

_FORBIDDEN: Final = later(
    "Discord refuses: I lack a permission, or {user} stands too high. Nothing was done."
)
_MISSING: Final = later("I could not find {user} there. Nothing was done.")
_UNCERTAIN: Final = later(
    "Discord did not answer. I look again in two minutes; the case will then say what came of it."
)
_FAILED: Final = later("Discord did not do that. Nothing was done.")
_NO_REASON: Final = later("This server asks for a reason.")


class Court(Protocol):
    """Carries out what moderators ask for. Methods raise RefusedError, ActError, store errors."""

    def do(self, order: Order) -> Case:
        """Carry out an order once; return its case, however it came out."""
        ...

    def is_banned(self, guild_id: GuildId, user_id: UserId) -> bool:
        """Whether Discord has a ban of theirs."""
        ...

    def edit(self, order: Order, number: int) -> Case | None:
        """Give a case another reason, or more evidence; None for no such case."""
        ...

    def pardon(self, order: Order, number: int) -> Case | None:
        """Take a case back; None for no such case."""
        ...

    def appeal(self, order: Order, number: int) -> Case | None:
        """Note what a member says against a case; None where they have before."""
        ...

    def rule(self, order: Order, number: int, *, granted: bool) -> Case | None:
        """Decide an appeal; None for no such case. What is granted is pardoned."""
        ...

    def ban_many(self, order: Order, users: Sequence[UserId]) -> Massed:
        """Ban up to 200 users at once."""
        ...

    def may_report(self, guild_id: GuildId, user_id: UserId, now: datetime, most: int) -> bool:
        """Count a report; False where a member has sent too many this hour."""
        ...

    def post(self, card: PostCard) -> None:
        """Have a card put in front of the moderators."""
        ...


class Reads(Protocol):
    """What is read while somebody types, and for whoever shows cases."""

    @property
    def cases(self) -> CaseBook:
        """Cases and slots."""
        ...

    @property
    def rulebook(self) -> Rulebook:
        """What servers have set."""
        ...


class Services(Reads, Protocol):
    """What moderation commands call."""

    @property
    def evidence(self) -> Files:
        """Copies of files."""
        ...

    @property
    def court(self) -> Court:
        """Carries out sanctions."""
        ...

    @property
    def deeds(self) -> Deeds:
        """Changes settings."""
        ...

    @property
    def settings(self) -> SettingReads:
        """Settings one by one."""
        ...


def admit(
    ctx: Ctx[Services] | Ctx[Reads] | Typing[Reads], needed: Permission = NEEDED
) -> ModSettings:
    """Let moderators through, by permission or role; raises UserError."""
    settings = ctx.services.rulebook.read(ctx.guild_id)
    by_role = not ctx.roles.isdisjoint(settings.roles) and not needed & Permission.MANAGE_GUILD
    if not allows(ctx.permissions, needed) and not by_role:
        raise UserError(
            say(
                "You need {permissions} for that, or a moderator's role.", permissions=names(needed)
            )
        )
    return settings


def actor(ctx: Ctx[Services]) -> Actor:
    """Say who asks, for the guard."""
    return Actor(ctx.user_id, ctx.permissions, ctx.roles)


def why(ctx: Ctx[Services], reason: str | None) -> str:
    """Read a reason that the command itself could do without; raises UserError."""
    said = " ".join((reason or "").split())
    if not said and ctx.services.rulebook.read(ctx.guild_id).reasons:
        raise UserError(say(_NO_REASON))
    return said


def attached(ctx: Ctx[Services], evidence: AttachmentId | None) -> tuple[Evidence, ...]:
    """Read a file that came with the command."""
    found = None if evidence is None else ctx.attachments.get(evidence)
    if found is None:
        return ()
    return (Evidence(found.url, found.name, found.id, found.content_type),)


def is_page(link: str) -> bool:
    """Whether a text is an address that can be shown as a link."""
    return link.startswith("https://") and not any(one in link for one in " <>()")


@contextmanager
def answered(action: Action, user_id: UserId) -> Iterator[None]:
    """Say in a sentence why something was not done; raises UserError."""
    try:
        yield
    except RefusedError as error:
        raise UserError(refused(error.why, action, user_id)) from None
    except LimitedError as error:
        wait = say_count("{number} second", "{number} seconds", int(error.seconds) + 1)
        raise UserError(
            say("Discord asks me to wait {wait}. Nothing was done; please try then.", wait=wait)
        ) from None
    except UncertainError:
        raise UserError(say(_UNCERTAIN)) from None
    except ActError as error:
        known = {ForbiddenError: _FORBIDDEN, MissingError: _MISSING}
        raise UserError(say(known.get(type(error), _FAILED), user=text.user(user_id))) from None


def lengths(typing: Typing[Reads]) -> Suggestions:
    """Suggest lengths of time, `permanent` first."""
    return suggested(typing.typed, permanent=True)


def spans(typing: Typing[Reads]) -> Suggestions:
    """Suggest lengths of time that end."""
    return suggested(typing.typed, permanent=False)


def reasons(typing: Typing[Reads]) -> Suggestions:
    """Suggest the server's own reasons, and what is typed."""
    presets = typing.services.rulebook.read(typing.guild_id).presets
    words = typing.typed.strip().lower()
    if words:
        yield typing.typed.strip()[:100], typing.typed.strip()[:100]
    yield from ((one, one) for one in presets if words in one.lower() and words != one.lower())


def numbers(typing: Typing[Reads]) -> Suggestions:
    """Suggest cases, the latest first."""
    admit(typing)
    digits = "".join(one for one in typing.typed if one.isdecimal())
    if digits:
        found = typing.services.cases.find(typing.guild_id, int(digits[:9]))
        shown = [] if found is None else [found]
    else:
        shown = list(typing.services.cases.latest(typing.guild_id, None, 25))
    for one in shown:
        yield f"{one.number} · {kind_of(one)} · {one.user_id} · {one.reason}"[:100], one.number


def bans(typing: Typing[Reads]) -> Suggestions:
    """Suggest who is banned, as far as cases tell."""
    admit(typing, Permission.BAN_MEMBERS)
    slots = typing.services.cases.in_force(typing.guild_id, SlotKind.BAN)
    fitting = [slot for slot in slots if typing.typed in slot.user_id]
    newest = sorted(fitting, key=lambda slot: -(slot.case or 0))[:25]
    for slot in newest:
        yield say("{user}, case {number}", user=slot.user_id, number=slot.case), str(slot.user_id)
