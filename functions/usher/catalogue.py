"""Every slash command there is, named one by one: what is not here does not exist."""

from typing import Final

from usher.attribution.backfill_commands import import_
from usher.attribution.commands import codes, invite, inviter
from usher.credit.admin_commands import add, reset
from usher.credit.commands import leaderboard, turn, view
from usher.ledger.commands import export_invite_logs
from usher.slash.router import Router

COMMANDS: Final = (invite, export_invite_logs)
"""What is registered with Discord, in this order."""

EVERY: Final = (view, inviter, codes, leaderboard, import_, add, reset, export_invite_logs)
"""What a member can run: the members of the groups too. A test holds the two together."""

ACTIONS: Final = (turn,)
"""What buttons do."""

ROUTER: Final = Router(COMMANDS, ACTIONS)
"""Shared by the doors and the command line; building it raises on duplicates."""
