"""The commands of this room, and what their buttons do."""

from typing import Final

from usher.doctor import setup_commands, setup_form, setup_link
from usher.doctor.commands import doctor, forget, look, look_there, turn

COMMANDS: Final = (doctor, setup_commands.setup)
ACTIONS: Final = (
    *(turn, look_there, look, forget),
    *(setup_commands.go, setup_commands.team, setup_commands.joins),
    *(setup_commands.welcome, setup_commands.unwelcome, setup_commands.preview),
    *(setup_commands.mods, setup_commands.staff, setup_commands.strict, setup_commands.import_),
    *(setup_form.ask, setup_link.made),
)
