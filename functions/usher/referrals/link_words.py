"""A link as `/referral` shows it."""

from collections.abc import Mapping
from typing import Final

from usher.referrals.asking import Services
from usher.referrals.model import Brand, Campaign, Counts, Link, Mode
from usher.referrals.rules import State, state_of
from usher.referrals.ways import EXACT, GUARANTEES
from usher.slash import text
from usher.slash.context import Ctx
from usher.slash.replies import Embed, Field, Reply
from usher.slash.say import later, say, say_count

_STATES: Final[Mapping[State, str]] = {
    State.OPEN: later("leads in"),
    State.EARLY: later("not begun yet"),
    State.PAUSED: later("paused"),
    State.EXPIRED: later("over"),
}
_NAMES: Final[Mapping[Mode, str]] = {
    Mode.SHARED: later("shared"),
    Mode.MANAGED: later("managed"),
    Mode.TARGETED: later("targeted"),
    Mode.ADDED: later("added"),
}


def shown(ctx: Ctx[Services], link: Link, offer: Campaign | None, words: str = "") -> Reply:
    """Show a link: its address, whose it is, how it stands, what it has brought."""
    state = State.PAUSED if offer is None else state_of(link, offer, ctx.now)
    counts, left = link.counts, ""
    if counts.bots or counts.repeats:
        left = say(
            "Not counted: {bots} by bots, {repeats} by the same visitor within an hour.",
            bots=f"{counts.bots:,}",
            repeats=f"{counts.repeats:,}",
        )
    brought = " · ".join((say(_STATES[state]), *brought_by(link)))
    said: Mapping[str, str] = {
        say("Campaign"): "" if offer is None else text.escape(offer.name),
        say("Owner"): text.user(link.owner_id),
        say("Platform"): text.escape(link.platform),
        say("Text"): text.escape(link.description),
        say("Mode"): f"**{say(_NAMES[link.mode])}** · {say(GUARANTEES[link.mode])}",
        say("Shared invite"): _shared(link),
        say("Ends"): "" if link.expires_at is None else text.when(link.expires_at),
    }
    address = f"<{address_of(ctx, link)}>"
    embed = Embed(
        "\n".join(part for part in (address, brought, left) if part),
        link.title,
        tuple(Field(name, value) for name, value in said.items() if value),
        color=Brand().color if offer is None else offer.brand.color,
    )
    return Reply(words, embeds=(embed,), ephemeral=True)


def _shared(link: Link) -> str:
    """Tell the shared invite; where nobody is led to it, only one that is still there."""
    if link.invite is not None:
        return text.code(link.invite)
    return "" if link.mode in EXACT else say("none")


def address_of(ctx: Ctx[Services], link: Link) -> str:
    """Tell a link's address."""
    return f"{ctx.services.referral_url}/r/{link.code}"


def brought_by(link: Link) -> tuple[str, ...]:
    """Say what a link has brought."""
    return brought(link.counts)


def brought(counts: Counts) -> tuple[str, ...]:
    """Say how many clicks, joins and, where there are any, conversions were counted."""
    said = [
        say_count("{number} click", "{number} clicks", counts.clicks),
        say_count("{number} join", "{number} joins", counts.joins),
    ]
    if counts.conversions:
        said.append(say_count("{number} conversion", "{number} conversions", counts.conversions))
    if counts.value:
        worth = f"{counts.value:,.2f}".removesuffix(".00")
        said.append(say("worth {value}", value=worth))
    if counts.held:
        said.append(say("{number} held for review", number=f"{counts.held:,}"))
    return tuple(said)
