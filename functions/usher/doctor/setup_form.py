"""The form of /setup's last step, which the front opens."""

from typing import Final

from usher.slash.actions import action
from usher.slash.buttons import Kind, Press
from usher.slash.context import Ctx
from usher.slash.modals import Modal, PickField, TextField
from usher.slash.permissions import Permission
from usher.slash.say import say

MADE: Final = "setup.link-made"
"""What is done with what is sent (`setup_link.py`, which only the command worker needs)."""
NAME: Final = 60
"""Characters of a campaign's name."""


@action("setup.link", permissions=Permission.MANAGE_GUILD)
def ask(ctx: Ctx[object]) -> Modal:
    """Ask how the campaign is called and where its links lead."""
    del ctx
    name = TextField(
        "name", say("What is it for?"), placeholder=say("For example: Website"), max_length=NAME
    )
    channel = PickField("channel", say("Where does it lead?"), Kind.CHANNELS, required=False)
    return Modal(say("Your first link"), (name, channel), Press(MADE))
