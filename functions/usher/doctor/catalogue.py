"""The commands of this room, and what their buttons do."""

from typing import Final

from usher.doctor.commands import doctor, forget, look, look_there, turn

COMMANDS: Final = (doctor,)
ACTIONS: Final = (turn, look_there, look, forget)
