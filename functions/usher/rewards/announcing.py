"""The words of a milestone: a template of the guild's with a closed set of placeholders. Pure."""

import re
from typing import Final

from usher.credit.queries import Tally
from usher.ids import UserId
from usher.rewards.milestones import PLACEHOLDERS, title
from usher.slash import text
from usher.slash.template import render

MESSAGE_LENGTH: Final = 2000
_BRACED: Final = re.compile(r"\{[^{}\s]{1,32}\}")


def announcement(template: str, user_id: UserId, tally: Tally, name: str, server: str) -> str:
    """Fill a milestone's message; it mentions nobody but the member."""
    values = {
        "member": text.user(user_id),
        "invites": f"{tally.effective:,}",
        "milestone": title(name),
        "server": text.escape(server),
    }
    return text.cut(render(template, values), MESSAGE_LENGTH)


def unknown(template: str) -> tuple[str, ...]:
    """Name what looks like a placeholder and is none, as code."""
    found = dict.fromkeys(_BRACED.findall(template))
    return tuple(text.code(one) for one in found if one[1:-1] not in PLACEHOLDERS)
