"""What members read, in the language of their own client.

The English sentence is the key, as in GNU gettext: `say("{user} has no invites yet.", user=…)`.
Where no catalogue has it, it is said in English. `make messages` collects the sentences for the
translators; `functions/usher/locales/` holds what they made of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gettext import NullTranslations

LOCALES: Final = Path(__file__).parents[1] / "locales"
DOMAIN: Final = "usher"
ENGLISH: Final = "en-US"

_locale: ContextVar[str] = ContextVar("locale", default=ENGLISH)


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Say everything inside in a language, named as Discord names it (docs: Locales)."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def spoken() -> str:
    """Name the language that is spoken now, as Discord names it."""
    return _locale.get()


def say(sentence: str, /, **values: object) -> str:
    """Say a sentence with its `{placeholders}` filled in; values are to be harmless already."""
    catalogue = _catalogue(_locale.get())
    said = sentence if catalogue is None else catalogue.gettext(sentence)
    return said.format(**values)


def say_count(one: str, many: str, number: int, /, **values: object) -> str:
    """Say the sentence that fits a number, which fills in as `{number}`: `1,204 joins`."""
    catalogue = _catalogue(_locale.get())
    if catalogue is None:
        said = one if number == 1 else many
    else:
        said = catalogue.ngettext(one, many, number)
    return said.format(number=f"{number:,}", **values)


def later(sentence: str, /) -> str:
    """Mark a sentence of a table for the translators; it is said when it is looked up."""
    return sentence


def in_every_language(sentence: str, /) -> dict[str, str]:
    """Say a sentence in every language that has it, by Discord's name of the language."""
    said: dict[str, str] = {}
    for locale in languages():
        catalogue = _catalogue(locale)
        if catalogue is not None and (text := catalogue.gettext(sentence)) != sentence:
            said[locale] = text
    return said


def languages() -> tuple[str, ...]:
    """Name the languages there is a catalogue for, as Discord names them."""
    found = LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return tuple(sorted(file.parents[1].name.replace("_", "-") for file in found))


@lru_cache(maxsize=64)
def _catalogue(locale: str) -> "NullTranslations | None":
    """Load a language's catalogue; None for English and for what nobody has translated."""
    if locale.startswith("en") or locale not in languages():
        return None
    from gettext import translation

    return translation(DOMAIN, LOCALES, [locale.replace("-", "_")])
