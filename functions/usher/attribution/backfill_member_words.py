"""What `/invite import user` answers, in a server owner's words."""

from usher.attribution.backfill import road_of
from usher.attribution.backfill_state import Hurdle, Road
from usher.attribution.backfill_words import why
from usher.contracts.observation import MemberSearched
from usher.ids import UserId
from usher.slash import text
from usher.slash.replies import Reply, sentence


def describe_member(user_id: UserId, found: MemberSearched | None) -> Reply:
    """Say what Discord's record tells of one member."""
    who = text.user(user_id)
    if found is None:
        return sentence(
            f"Discord's record holds no member {who}. Who joined seconds ago is not in it yet."
        )
    match road_of(found):
        case Road.BOT:
            return sentence(f"{who} is a bot: bots are added with a permission link.")
        case Road.VANITY:
            said = f"{who} came by this server's own vanity link."
        case Road.INVITE:
            code = text.code(found.code or "")
            by = "" if found.inviter_id is None else f" of {text.user(found.inviter_id)}"
            said = f"{who} came by the invite {code}{by}."
        case Road.OTHER:
            said = f"{who} came by another road than an invite."
        case Road.SILENT:
            return sentence(f"Discord's record does not tell how {who} came.")
    return sentence(f"{said} That is Discord's own record; `/invite inviter` shows it in a moment.")


def describe_hurdle(hurdle: Hurdle) -> Reply:
    """Say why one member was not asked for."""
    return sentence(f"{why(hurdle)} Please try again later.")
