"""The moderation room's commands, buttons and menus."""

from typing import Final

from usher.moderation.appeal_commands import appeal, appeal_form, send_appeal
from usher.moderation.case_commands import case, turn_cases
from usher.moderation.config_commands import modconfig
from usher.moderation.evidence_commands import show_file
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
from usher.moderation.mass_commands import massban
from usher.moderation.panel_commands import form, moderate, submitted, warn_for_message
from usher.moderation.report_commands import close_report, report, report_message, send_report
from usher.moderation.sanction_commands import ban, confirm, kick, mute, note, softban, warn

_FLAT: Final = (
    *(warn, warnings, clearwarnings),
    *(mute, unmute, kick, ban, unban, softban, massban, note),
    *(myhistory, report),
)

COMMANDS: Final = (*_FLAT, case, modconfig, escalation, appeal)
EVERY: Final = (
    *_FLAT,
    *case.commands(),
    *modconfig.commands(),
    *escalation.commands(),
    *appeal.commands(),
)
ACTIONS: Final = (
    *(confirm, show_file, turn_cases, turn_history, turn_mine, turn_warnings),
    *(form, submitted, send_report, close_report, appeal_form, send_appeal),
)
MENUS: Final = (moderate, history, warn_for_message, report_message)
