"""The command /invite, whose subcommands come from many rooms."""

from typing import Final

from usher.slash.commands import Group

invite: Final = Group("invite", "Who brings whom")

BLURPLE: Final = 0x5865F2
"""The colour of its answers."""
