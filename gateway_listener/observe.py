"""Discord's raw payloads turned into the facts of an Observation.

Used by the running listener and by replays of recorded payloads alike: no clock, no connection,
no discord.py. Malformed payloads raise ObserveError.
"""

from gateway_listener.dispatch import TRANSLATED, guild_of, translate
from gateway_listener.errors import ObserveError
from gateway_listener.look import diff_look, invite_look, known_rows, vanity_look
from usher.contracts.discord_invites import names_of

__all__ = [
    "TRANSLATED",
    "ObserveError",
    "diff_look",
    "guild_of",
    "invite_look",
    "known_rows",
    "names_of",
    "translate",
    "vanity_look",
]
