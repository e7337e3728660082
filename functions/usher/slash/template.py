"""Text with placeholders that others wrote, filled from a closed set. Never `str.format`."""

import re
from collections.abc import Mapping
from typing import Final

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_:.]*)\}")


def placeholders(text: str) -> frozenset[str]:
    """Name everything in a text that has the form of a placeholder."""
    return frozenset(_PLACEHOLDER.findall(text))


def render(text: str, values: Mapping[str, str]) -> str:
    """Put values into `{name}` placeholders, in one pass; unknown ones stay as typed.

    Values go in as they are, and are not looked through again: what comes from users has to be
    escaped by then.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
