"""Nothing that members or admins read is raw English: it is said, in the language of whoever reads.

What is for operators (alerts, reports, logs), for programs (the REST API) and for Discord's audit
log stays English, and so does the text of milestones, which a server sets in its own language.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from usher.rewards.milestones import TEMPLATE

FUNCTIONS = Path(__file__).parents[3] / "functions"
ROOMS = ("usher", "effects", "command_worker", "interactions")
NOT_READ_BY_MEMBERS = (
    "usher/alerting/",
    "usher/platform/",
    "usher/limits/",
    "usher/contracts/",
    "usher/ledger/verify.py",
    "usher/ledger/proof.py",
)
SAID = {
    "say",
    "later",
    "say_count",
    "user_menu",
    "message_menu",
    "Opt",
    "command",
    "Group",
    "group",
}
SHOWN = {"sentence": 1, "UserError": 1, "Reply": 1, "Embed": 2, "Field": 2, "Button": 1, "Link": 1}
"""Whose first arguments are read as they are, and how many of them."""
SENTENCE = re.compile(r"[A-Z`*{][^\n]* [^\n]*[a-z`*})][.?!]$")
WORDS = re.compile(r"[A-Za-z]{2,}")
MARKUP = re.compile(r"<[^>]*>|`[^`]*`|https?://\S*")


def name_of(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def words_of(node: ast.AST) -> str | None:
    """Write a literal with `{}` for what fills in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "{}" for one in node.values)
        return "".join(map(str, parts))
    return None


def is_sentence(words: str) -> bool:
    """Whether words look like a sentence, of which something is left without what fills in."""
    bare = MARKUP.sub("", re.sub(r"{\w*}", "", words))
    return SENTENCE.match(words) is not None and WORDS.search(bare) is not None


def raw(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Find what is shown raw, and what looks like a sentence, in all that is not said."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # what documents
    if isinstance(node, ast.Call):
        name = name_of(node)
        if name in SAID or (name.endswith("Error") and name != "UserError"):
            return
        for argument in node.args[: SHOWN.get(name, 0)]:
            words = words_of(argument)
            if words is not None and WORDS.search(MARKUP.sub("", words.replace("{}", ""))):
                yield argument.lineno, words
    words = words_of(node)
    if isinstance(node, ast.expr) and words and is_sentence(words) and words != TEMPLATE:
        yield node.lineno, words
    for child in ast.iter_child_nodes(node):
        yield from raw(child)


def files() -> Iterator[Path]:
    for room in ROOMS:
        for file in sorted((FUNCTIONS / room).rglob("*.py")):
            if not str(file.relative_to(FUNCTIONS)).startswith(NOT_READ_BY_MEMBERS):
                yield file


def test_nobody_reads_raw_english() -> None:
    found = {
        f"{file.relative_to(FUNCTIONS)}:{line}: {words}"
        for file in files()
        for line, words in raw(ast.parse(file.read_text()))
    }

    assert not found, "\n".join(sorted(found))


def test_raw_sentences_are_found() -> None:
    def lines(code: str) -> list[int]:
        return sorted({line for line, _ in raw(ast.parse(code))})

    assert lines('sentence("Saved.")\nsentence(say("Saved."))') == [1]
    assert lines('raise UserError(f"{who} is no bot")') == [1]
    assert lines('X = "You need Manage Server."\nX = later("You need Manage Server.")') == [1]
    assert lines('Field(f"{number}", f"<t:{at}:R>")') == []
    assert lines('"""A module that says much."""\nraise ValueError("It is no number.")') == []
