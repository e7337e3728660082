"""What a member reads when the guard refuses. Pure."""

from collections.abc import Mapping
from typing import Final

from usher.ids import UserId
from usher.moderation.guard import NEEDS, Action, Refusal
from usher.slash import text
from usher.slash.permissions import names
from usher.slash.say import later, say

_SENTENCES: Final[Mapping[Refusal, str]] = {
    Refusal.UNKNOWN: later(
        "I could not read the server's roles just now, so nothing was done. Please try again in a "
        "moment."
    ),
    Refusal.PERMISSION: later("You need {permissions} for that, or a moderator's role."),
    Refusal.SELF: later("You cannot do that to yourself."),
    Refusal.OWNER: later("{user} owns this server: nobody can do that to them."),
    Refusal.USHER: later("That is me. Ask an admin if you want me gone."),
    Refusal.BOT: later("{user} is a bot. Please confirm that you mean it."),
    Refusal.GONE: later("{user} is not in this server."),
    Refusal.BOT_PERMISSION: later(
        "I need {permissions} for that. An admin can give it to my role in the server's settings."
    ),
    Refusal.ABOVE_ACTOR: later("{user} does not stand below you in the order of roles."),
    Refusal.ABOVE_BOT: later(
        "{user} does not stand below me in the order of roles. An admin can move my role up."
    ),
    Refusal.ADMINISTRATOR: later("{user} is an administrator: Discord lets nobody mute them."),
}


def refused(found: Refusal, action: Action, user_id: UserId) -> str:
    """Say why something is not done."""
    needs = NEEDS[action]
    needed = needs.bot if found is Refusal.BOT_PERMISSION else needs.actor
    return say(_SENTENCES[found], user=text.user(user_id), permissions=names(needed))
