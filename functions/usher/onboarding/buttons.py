"""What the onboarding's buttons are bound to, for whoever posts them. Pure."""

from datetime import timedelta
from typing import Final

from usher.slash.buttons import Press

LIFE: Final = timedelta(days=7)
"""How long the button under a welcome works; `/onboarding start` is the way in after that."""
BEGIN: Final = "onboarding.begin"


def begin() -> Press:
    """Press the button under a welcome."""
    return Press(BEGIN)
