"""The commands about channels."""

from typing import Final

from usher.channels.lock_commands import lock_all, lockdown, unlock
from usher.channels.purge_commands import purge_, purge_now
from usher.channels.slowmode_commands import slowmode

COMMANDS: Final = (slowmode, lockdown, unlock, purge_)
"""What is registered with Discord, all of it to be run as it is."""

ACTIONS: Final = (lock_all, purge_now)
