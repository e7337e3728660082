"""The last word, so far, on who brought a member in (SPEC 1.2)."""

from enum import StrEnum

from usher.frozen import frozen
from usher.ids import InviteCode, UserId


class Confidence(StrEnum):
    """How sure an outcome is, strongest first."""

    DETERMINISTIC = "deterministic"
    CONFIRMED = "confirmed"
    EXACT = "exact"
    INFERRED = "inferred"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class Kind(StrEnum):
    """The road by which a member came (SPEC 1.4)."""

    INVITE = "invite"
    VANITY = "vanity"
    DISCOVERY = "discovery"
    BOT = "bot"
    API = "api"
    HUB = "hub"
    UNKNOWN = "unknown"


class Method(StrEnum):
    """The evidence that attributed a join."""

    USE_COUNT = "use_count"
    """An invite's count rose."""
    LAST_USE = "last_use"
    """A limited invite vanished with its last use."""
    VANITY_COUNT = "vanity_count"
    """The vanity counter rose."""
    SAME_INVITER = "same_inviter"
    """Several codes are possible, all of one inviter (SPEC 1.3)."""
    MEMBERS_SEARCH = "members_search"
    """Discord's own record of the join."""
    TARGETED = "targeted"
    """The invite could be used by this person only."""
    ADDED = "added"
    """Usher added the member itself."""


class Reason(StrEnum):
    """Why a join is not attributed."""

    BOT_ADDED = "bot_added"
    """Bots come by OAuth2, never by an invite."""
    NO_BASELINE = "no_baseline"
    """The first look at this guild: nothing to compare with."""
    LOOK_FAILED = "look_failed"
    """Discord refused or failed to list the invites; nothing was observed."""
    NOT_LOOKED = "not_looked"
    """No look at the invites has followed yet."""
    USES_HIDDEN = "uses_hidden"
    """Discord listed the invites without counts: Manage Server is missing."""
    NO_USE_SEEN = "no_use_seen"
    """No invite's count moved: discovery, the API, or a count that lags."""
    SEVERAL_POSSIBLE = "several_possible"
    """More than one assignment fits the evidence."""
    AFTER_GAP = "after_gap"
    """The counts moved while the listener was away, so others may have used them."""
    MAYBE_REVOKED = "maybe_revoked"
    """The only invite that fits ended unseen, by use or by hand."""
    NOT_BY_INVITE = "not_by_invite"
    """Discord's own record names another road than an invite."""
    NOT_ON_RECORD = "not_on_record"
    """An imported member of whose join Discord's record tells nothing."""


@frozen
class Attributed:
    """One inviter, and one code unless several codes of that inviter are possible."""

    kind: Kind
    code: InviteCode | None
    inviter_id: UserId | None
    """`VANITY` for the vanity code; None for an invite that has no inviter."""
    confidence: Confidence
    method: Method
    candidates: tuple[InviteCode, ...]
    uses_before: int | None = None
    uses_after: int | None = None
    link: str | None = None
    """The referral link of whom Usher added itself; an invite's link is in its note."""


@frozen
class Ambiguous:
    """Several codes fit, or one fits but need not be it: never a guess."""

    candidates: tuple[InviteCode, ...]
    reason: Reason
    kind: Kind = Kind.UNKNOWN


@frozen
class Unattributed:
    """No evidence names a code, or Discord says that there was none."""

    reason: Reason
    kind: Kind = Kind.UNKNOWN
    confidence: Confidence = Confidence.NONE
    """`confirmed` where Discord's record says so."""


type Outcome = Attributed | Ambiguous | Unattributed
