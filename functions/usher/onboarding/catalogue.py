"""What the onboarding adds to the commands and buttons there are."""

from typing import Final

from usher.onboarding import campaign_commands, form_actions, question_commands
from usher.onboarding import commands as own
from usher.onboarding.commands import onboarding

COMMANDS: Final = (onboarding,)
EVERY: Final = (*own.EVERY, *question_commands.EVERY, *campaign_commands.EVERY)
ACTIONS: Final = form_actions.ACTIONS
