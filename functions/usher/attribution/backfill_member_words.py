"""What `/invite import user` answers, in a server owner's words."""

from usher.attribution.backfill import road_of
from usher.attribution.backfill_state import Hurdle, Road
from usher.attribution.backfill_words import why
from usher.contracts.observation import MemberSearched
from usher.ids import UserId
from usher.slash import text
from usher.slash.replies import Reply, sentence
from usher.slash.say import say


def describe_member(user_id: UserId, found: MemberSearched | None) -> Reply:
    """Say what Discord's record tells of one member."""
    who = text.user(user_id)
    if found is None:
        return sentence(
            say(
                "Discord's record holds no member {user}. Who joined seconds ago is not in it yet.",
                user=who,
            )
        )
    match road_of(found):
        case Road.BOT:
            return sentence(
                say("{user} is a bot: bots are added with a permission link.", user=who)
            )
        case Road.VANITY:
            said = say("{user} came by this server's own vanity link.", user=who)
        case Road.INVITE:
            code = text.code(found.code or "")
            if found.inviter_id is None:
                said = say("{user} came by the invite {code}.", user=who, code=code)
            else:
                inviter = text.user(found.inviter_id)
                said = say(
                    "{user} came by the invite {code} of {inviter}.",
                    user=who,
                    code=code,
                    inviter=inviter,
                )
        case Road.OTHER:
            said = say("{user} came by another road than an invite.", user=who)
        case Road.SILENT:
            return sentence(say("Discord's record does not tell how {user} came.", user=who))
    own = say("That is Discord's own record; `/invite inviter` shows it in a moment.")
    return sentence(f"{said} {own}")


def describe_hurdle(hurdle: Hurdle) -> Reply:
    """Say why one member was not asked for."""
    return sentence(f"{why(hurdle)} {say('Please try again later.')}")
