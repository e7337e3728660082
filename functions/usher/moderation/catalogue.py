"""The moderation room's commands, buttons and menus."""

from typing import Final

from usher.moderation.case_commands import case, turn_cases
from usher.moderation.config_commands import modconfig
from usher.moderation.history_commands import (
    history,
    myhistory,
    turn_history,
    turn_mine,
    turn_warnings,
    warnings,
)
from usher.moderation.ladder_commands import escalation
from usher.moderation.lift_commands import clearwarnings, unban, unmute
from usher.moderation.sanction_commands import ban, confirm, kick, mute, note, softban, warn

_FLAT: Final = (
    *(warn, warnings, clearwarnings),
    *(mute, unmute, kick, ban, unban, softban, note),
    myhistory,
)

COMMANDS: Final = (*_FLAT, case, modconfig, escalation)
EVERY: Final = (
    *_FLAT,
    *case.commands(),
    *modconfig.commands(),
    *escalation.commands(),
)
ACTIONS: Final = (confirm, turn_cases, turn_history, turn_mine, turn_warnings)
MENUS: Final = (history,)
