"""What members read in their own language, and catalogues that fit the code."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from usher.catalogue import ROUTER
from usher.slash.say import LOCALES, in_every_language, languages, say, say_count, speaking

KEYWORDS = {
    "say": None,
    "later": None,
    "user_menu": (1,),
    "message_menu": (1,),
    "say_count": (1, 2),
    "Opt": (1,),
    "command": (2,),
    "Group": (2,),
    "group": (2,),
}
FUNCTIONS = Path(__file__).parents[3] / "functions"


@pytest.fixture(scope="module")
def sentences() -> set[str | tuple[str, ...]]:
    """Every sentence of the code, as `make messages` finds them."""
    found = extract_from_dir(FUNCTIONS, keywords=KEYWORDS)
    return {message for _, _, message, *_ in found}


def catalogues() -> Iterator[tuple[str, Catalog]]:
    for locale in languages():
        with (LOCALES / locale.replace("-", "_") / "LC_MESSAGES" / "usher.po").open("rb") as file:
            yield locale, read_po(file)


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", sentence))


def test_a_member_is_answered_in_their_language() -> None:
    sentence = "{user} has no active invite codes."
    with speaking("de"):
        assert say(sentence, user="<@1>") == "<@1> hat keine aktiven Einladungscodes."
        assert say_count("{number} use", "{number} uses", 1) == "1 Benutzung"
        assert say_count("{number} use", "{number} uses", 2) == "2 Benutzungen"
    assert say(sentence, user="<@1>") == "<@1> has no active invite codes."


@pytest.mark.parametrize("locale", ["en-GB", "ja", "", "../../etc", "de-x"])
def test_what_nobody_translated_is_said_in_english(locale: str) -> None:
    with speaking(locale):
        assert say("Never said {name}.", name="before") == "Never said before."
        assert say_count("{number} use", "{number} uses", 1_200) == "1,200 uses"


def test_values_are_not_read_as_placeholders() -> None:
    assert say("{user} was invited by {inviter}.", user="{inviter}", inviter="{0}") == (
        "{inviter} was invited by {0}."
    )


def test_catalogues_hold_what_the_code_says_and_nothing_else(
    sentences: set[str | tuple[str, ...]],
) -> None:
    for locale, catalogue in catalogues():
        stale = {message.id for message in catalogue if message.id} - sentences
        assert not stale, (locale, stale)


def test_translations_keep_the_placeholders() -> None:
    for locale, catalogue in catalogues():
        for message in catalogue:
            if not message.id or not message.string:
                continue
            one = message.id if isinstance(message.id, str) else message.id[-1]
            said = [message.string] if isinstance(message.string, str) else message.string
            for text in said:
                assert placeholders(str(text)) == placeholders(one), (locale, one)


def test_compiled_catalogues_are_those_of_the_translators() -> None:
    for locale, catalogue in catalogues():
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        with (LOCALES / locale.replace("-", "_") / "LC_MESSAGES" / "usher.mo").open("rb") as file:
            assert read_mo(file)._messages == read_mo(compiled)._messages, (
                f"make messages: {locale}"
            )


def test_commands_are_described_in_every_language() -> None:
    invite = next(one for one in ROUTER.registration() if one["name"] == "invite")
    assert invite["description_localizations"] == in_every_language("Who brings whom")
    assert invite["description_localizations"] == {"de": "Wer bringt wen"}
