"""What visitors read where a sign-in does not lead straight on: headline, sentence, HTTP status."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from usher.referrals.entering import Ending
from usher.slash.say import later


@dataclass(frozen=True, slots=True)
class Said:
    """A page's words."""

    headline: str
    text: str
    status: int
    again: bool = False
    """Whether trying again may help."""
    inside: bool = False
    """Whether they may be in the guild."""


ENDINGS: Final[Mapping[Ending, Said]] = {
    Ending.ADDED: Said(
        later("You are in"), later("Discord has let you in. See you there."), 200, inside=True
    ),
    Ending.MEMBER: Said(
        later("You are in already"),
        later("You are a member of this server: nothing more is needed."),
        200,
        inside=True,
    ),
    Ending.DENIED: Said(
        later("You did not sign in"),
        later("This link asks Discord who you are, and you said no. Nothing was done."),
        200,
        again=True,
    ),
    Ending.LOST: Said(
        later("This sign-in has run out"),
        later("It is older than ten minutes, or was begun in another browser."),
        400,
        again=True,
    ),
    Ending.USED: Said(
        later("This sign-in was used already"),
        later("Each works once. If you are not in yet, please begin anew."),
        409,
        again=True,
        inside=True,
    ),
    Ending.REFUSED: Said(
        later("Discord did not take the sign-in"),
        later("That happens when it is used twice or takes too long. Please begin anew."),
        400,
        again=True,
    ),
    Ending.BANNED: Said(
        later("You cannot join this server"),
        later("You are banned there. Only its team can change that."),
        403,
    ),
    Ending.UNABLE: Said(
        later("The server cannot let you in"),
        later("A permission is missing there. Please tell whoever gave you this link."),
        503,
        again=True,
    ),
    Ending.FULL: Said(
        later("The server is full"),
        later("It has as many members as Discord allows."),
        503,
    ),
    Ending.TOO_MANY: Said(
        later("You are in too many servers"),
        later("Discord allows no more. Leave one, then try again."),
        403,
        again=True,
    ),
    Ending.CROWDED: Said(
        later("The door is crowded"),
        later("No invite could be made just now. Please try again in a minute."),
        503,
        again=True,
    ),
    Ending.UNSET: Said(
        later("Signing in does not work here"),
        later("It is not set up rightly. Please tell whoever gave you this link."),
        503,
    ),
    Ending.UNAVAILABLE: Said(
        later("Discord does not answer"),
        later("Nothing is lost. Please try again in a moment."),
        503,
        again=True,
    ),
}
"""For endings that have a page; who is invited is led on, and a closed link has its own."""
