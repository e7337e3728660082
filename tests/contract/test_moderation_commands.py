"""Moderation's commands as SPEC 7.1 and the command catalogue name them."""

from usher.catalogue import ROUTER
from usher.moderation import catalogue

TIME_OUT, KICK, BAN, MANAGE, MASS = str(1 << 40), "2", "4", "32", str(4 | 32)

FLAT = {
    "/warn": [
        ("user", True),
        ("reason", True),
        ("points", False),
        ("expires", False),
        ("evidence", False),
    ],
    "/warnings": [("user", True), ("show", False)],
    "/clearwarnings": [("user", True), ("case", False), ("reason", False)],
    "/mute": [("user", True), ("duration", True), ("reason", True)],
    "/unmute": [("user", True), ("reason", False)],
    "/kick": [("user", True), ("reason", True)],
    "/ban": [("user", True), ("duration", True), ("reason", True), ("delete_days", False)],
    "/unban": [("user", True), ("reason", False)],
    "/softban": [("user", True), ("reason", True), ("delete_days", False)],
    "/massban": [("reason", True), ("ids", False), ("file", False), ("delete_days", False)],
    "/note": [("user", True), ("text", True)],
    "/myhistory": [],
    "/report": [("user", True), ("reason", True)],
}
GROUPS = {
    "/case view": [("case", True)],
    "/case edit": [("case", True), ("reason", True)],
    "/case pardon": [("case", True), ("reason", False)],
    "/case evidence": [("case", True), ("file", False), ("link", False)],
    "/case list": [("user", False), ("mod", False), ("type", False)],
    "/modconfig show": [],
    "/modconfig log": [("channel", False)],
    "/modconfig reports": [("channel", False)],
    "/modconfig dm": [("state", True)],
    "/modconfig reasons": [("state", True)],
    "/modconfig preset": [("reason", True), ("state", False)],
    "/modconfig role": [("role", True), ("state", False)],
    "/modconfig appeals": [("state", True), ("link", False)],
    "/escalation set": [("points", True), ("action", True), ("duration", False)],
    "/escalation remove": [("points", True)],
    "/escalation list": [],
    "/escalation expiry": [("days", True)],
    "/appeal config": [("state", True)],
    "/appeal list": [],
    "/appeal decide": [("case", True), ("ruling", True), ("reason", False)],
}


def test_names_and_options_are_those_of_the_specification() -> None:
    declared = {
        f"/{command.name}": [(option.name, option.required) for option in command.options]
        for command in catalogue.EVERY
    }

    assert declared == FLAT | GROUPS


def test_each_is_offered_to_whom_discord_lets_do_it() -> None:
    shown = {
        one["name"]: one["default_member_permissions"]
        for one in ROUTER.registration()
        if one["name"]
        in {*(name[1:].split()[0] for name in FLAT | GROUPS), *(m.name for m in catalogue.MENUS)}
    }

    assert shown == {
        **dict.fromkeys(("warn", "warnings", "clearwarnings", "mute", "unmute"), TIME_OUT),
        **dict.fromkeys(("note", "case"), TIME_OUT),
        **dict.fromkeys(("Moderate", "History", "Warn for message"), TIME_OUT),
        **dict.fromkeys(("ban", "unban", "softban", "appeal"), BAN),
        **dict.fromkeys(("modconfig", "escalation"), MANAGE),
        **dict.fromkeys(("myhistory", "report", "Report"), None),
        "kick": KICK,
        "massban": MASS,
    }


def test_lengths_reasons_cases_and_bans_are_suggested() -> None:
    suggesting = {
        f"/{command.name} {option.name}"
        for command in catalogue.EVERY
        for option in command.options
        if option.opt.complete
    }

    assert suggesting >= {
        "/ban duration",
        "/ban reason",
        "/mute duration",
        "/warn reason",
        "/unban user",
        "/case view case",
        "/clearwarnings case",
    }
