"""What somebody types who wishes Usher ill, for every option of every command, from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final

from tests.unit.slash.payloads import MEMBER, OTHER, data, user
from usher.slash.commands import Command
from usher.slash.options import Option, OptionType

TEXTS: Final = (
    "@everyone @here <@&1> <@2> <#3>",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+1", "-2+3", "@SUM(A1)", "\tx", "\r=1",
    "\u202egnp.exe \u2066a\u2069", "a\u0300" * 200, "\U0001f600" * 300, "\u200b" * 9,
    "```py\n`` ` ** __ ~~ || > # [x](https://evil.example)", "<t:99999999999999:F>",
    "'; DROP TABLE x; --", "{{7*7}} ${7*7} %s %n {0} {user.__class__}", "..\\../../etc/passwd",
    "G#1#C#2", "S#guild#x", "B#", "#", "\x00", "\x1b[31m", "null",
    "undefined", "NaN", "-0", "1e999",
    "https://127.0.0.1/", "http://[::1]:80/", "file:///etc/passwd", "javascript:alert(1)",
    "discord.gg/x", "https://discord.gg/../api", "(a+)+$", "(?:" * 300, "[" * 999, "\\",
    "2026-13-45", "0000-00-00", "9999-12-31", "32.13.2026",
    "99999999999999d", "-1h", "0", "1w" * 99,
    "x" * 6000, " ", "é" * 3000, "٣٤٥", "１２３", "0x10", "1_000", "18446744073709551616",
)  # fmt: skip
"""Mentions, formulas, controls, overlong, other scripts' digits, addresses, patterns, dates."""

NUMBERS: Final = (0, -1, 1, 2, 7, 99, 100, 101, 2**31, 2**53, -(2**53), 2**53 - 1, 28 * 86400)
NAMED: Final = {
    "users": {OTHER: user(OTHER, "@everyone `=1+1`"), MEMBER: user()},
    "members": {OTHER: {"roles": [], "permissions": "0", "joined_at": "2017-03-13T19:19:14+00:00"}},
    "roles": {"539082325061836999": {"id": "539082325061836999", "name": "=x"}},
    "channels": {
        "645027906669510667": {
            "id": "645027906669510667",
            "name": "=x @here",
            "type": 0,
            "permissions": "9007199254740991",
        }
    },
    "attachments": {
        "7": {
            "id": "7",
            "filename": "../../=x\u202e.csv",
            "url": "http://169.254.169.254/latest/meta-data",
            "size": 99,
            "content_type": "text/csv",
        }
    },
}
"""What the ids that are drawn stand for, as Discord would tell."""

_IDS: Final[Mapping[OptionType, tuple[str, ...]]] = {
    OptionType.USER: (OTHER, MEMBER, "1", "18446744073709551615"),
    OptionType.CHANNEL: ("645027906669510667", "2"),
    OptionType.ROLE: ("539082325061836999", "3"),
    OptionType.MENTIONABLE: (OTHER, "539082325061836999", "4"),
    OptionType.ATTACHMENT: ("7", "8"),
}


def asked(command: Command, draw: Random) -> dict[str, Any]:
    """Write the `data` of a command: what must be given, and about half of what may be."""
    given = [one for one in command.options if one.required or draw.random() < 0.5]
    options = [
        {"name": one.name, "type": int(one.type), "value": value(one, draw)} for one in given
    ]
    return data(command.name, *options, resolved=NAMED)


def typed(command: Command) -> Iterator[tuple[str, dict[str, Any]]]:
    """Write the `data` of what is typed into each option that suggests values."""
    for one in command.options:
        if one.opt.complete:
            for text in TEXTS[::7]:
                here = {"name": one.name, "type": int(one.type), "value": text, "focused": True}
                yield one.name, data(command.name, here)


def value(option: Option, draw: Random) -> object:
    """Draw a value that Discord itself would let pass, or one that it would not."""
    if option.choices and draw.random() < 0.8:
        return draw.choice(option.choices)[1]
    if option.type is OptionType.BOOLEAN:
        return draw.random() < 0.5
    if option.type in _IDS:
        return draw.choice(_IDS[option.type])
    if option.type in (OptionType.INTEGER, OptionType.NUMBER):
        edges = [one for one in (option.opt.min, option.opt.max) if one is not None]
        number = draw.choice([*NUMBERS, *(int(one) for one in edges)])
        return number + 0.5 if option.type is OptionType.NUMBER else number
    text = draw.choice(TEXTS)
    return text[: option.opt.max_length] if draw.random() < 0.8 else text
