"""The webhook commands, as the catalogue takes them."""

from typing import Final

from usher.hooks.asking import webhook
from usher.hooks.commands import create, delete, delete_now, disable, edit, enable, secret
from usher.hooks.log_commands import list_, replay, show, test, turn_deliveries

COMMANDS: Final = (webhook,)
EVERY: Final = (create, list_, show, edit, enable, disable, secret, test, replay, delete)
ACTIONS: Final = (delete_now, turn_deliveries)
