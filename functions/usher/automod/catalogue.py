"""The commands against spam and raids."""

from typing import Final

from usher.automod.enable_commands import enable
from usher.automod.policy_commands import policy
from usher.automod.raid_commands import config, off, on, raid, status
from usher.automod.rule_commands import automod, change_words, disable, exempt, list_, try_

COMMANDS: Final = (automod, raid)
EVERY: Final = (
    *(list_, enable, disable, change_words, policy, exempt, try_),
    *(status, config, on, off),
)
ACTIONS: Final = ()
