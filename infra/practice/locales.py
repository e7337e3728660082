"""The languages of Discord's clients (API reference, Locales)."""

from typing import Final

ENGLISH: Final = "en-US"
LOCALES: Final = frozenset(
    (
        "ar",
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en-GB",
        "en-US",
        "es-419",
        "es-ES",
        "fi",
        "fr",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "lt",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "ru",
        "sv-SE",
        "th",
        "tr",
        "uk",
        "vi",
        "zh-CN",
        "zh-TW",
    )
)


def locale_of(language: str) -> str:
    """Find Discord's name of a browser's language: `de-AT` is `de`; English where there is none."""
    for name in (language, language.split("-", 1)[0]):
        if name in LOCALES:
            return name
    return ENGLISH
