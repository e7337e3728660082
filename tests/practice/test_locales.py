"""Names of languages."""

import pytest

from infra.practice.locales import locale_of


@pytest.mark.parametrize(
    ("language", "named"),
    [("de-AT", "de"), ("pt-BR", "pt-BR"), ("pt", "en-US"), ("en-GB", "en-GB"), ("", "en-US")],
)
def test_browsers_and_discord_name_languages_differently(language: str, named: str) -> None:
    assert locale_of(language) == named
