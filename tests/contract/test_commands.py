"""What Usher registers is what Discord takes; and the checks do find faults."""

import json

import pytest

from tests.contract import rules, schema
from tests.contract.trim import TRIMMED, trim
from usher.catalogue import COMMANDS, EVERY, ROUTER
from usher.moderation import catalogue as moderation

EMBED = [("state", True), ("title", False), ("color", False), ("thumbnail", False)]


def test_the_registration_fits_discord_s_description() -> None:
    assert schema.registration(ROUTER.registration()) == []


def test_the_registration_keeps_the_rules_that_the_description_lacks() -> None:
    assert rules.broken(ROUTER.registration()) == []


def test_every_declared_command_is_in_the_catalogue_and_the_other_way_round() -> None:
    assert {command.name for command in EVERY} == {command.name for command in ROUTER.commands()}
    assert len(EVERY) == len(list(ROUTER.commands()))
    assert ROUTER.declared == COMMANDS


def test_names_and_options_are_those_of_the_specification() -> None:
    declared = {
        f"/{command.name}": [(option.name, option.required) for option in command.options]
        for command in ROUTER.commands()
        if command not in moderation.EVERY  # test_moderation_commands.py
    }

    assert declared == {
        "/invite view": [("user", False)],
        "/invite inviter": [("user", False)],
        "/invite codes": [("user", False)],
        "/invite leaderboard": [("period", False), ("page", False)],
        "/invite stats": [("period", False)],
        "/invite add": [("user", True), ("invites", True)],
        "/invite reset": [("user", True)],
        "/invite import": [("user", False)],
        "/invite label": [
            ("code", True),
            ("label", False),
            ("source", False),
            ("campaign", False),
            ("notes", False),
        ],
        "/invite create": [
            ("channel", False),
            ("life", False),
            ("uses", False),
            ("user", False),
            ("label", False),
            ("temporary", False),
            ("unique", False),
        ],
        "/invite revoke": [("code", True)],
        "/invite block": [("user", True), ("reason", False)],
        "/invite unblock": [("user", True)],
        "/invite blocked": [],
        "/invite policy show": [],
        "/invite policy set": [
            ("role", False),
            ("life", False),
            ("uses", False),
            ("active", False),
        ],
        "/invite policy clear": [],
        "/invite notices channel": [("channel", False)],
        "/invite notices joins": [("channel", False)],
        "/invite notices lead": [("hours", True)],
        "/invite notices off": [("what", False)],
        "/invite notices show": [],
        "/invite ranks": [],
        "/invite rank add": [("role", True), ("invites", True)],
        "/invite rank remove": [("role", True)],
        "/invite rewards": [("status", False), ("mode", False), ("channel", False)],
        "/invite achievements": [("user", False)],
        "/invite milestone channel": [("channel", False)],
        "/invite milestone message": [("message", False)],
        "/invite milestone numbers": [("numbers", True)],
        "/invite milestone preview": [],
        "/invite tracking": [("status", True)],
        "/invite fake show": [],
        "/invite fake set": [
            ("rule", True),
            ("switch", False),
            ("amount", False),
            ("role", False),
        ],
        "/invite fake recount": [],
        "/lookup_user_invite": [("user", True)],
        "/view_invite_logs": [
            ("user_id", False),
            ("invite_code", False),
            ("from", False),
            ("to", False),
        ],
        "/export_invite_logs": [
            ("from", False),
            ("to", False),
            ("user_id", False),
            ("invite_code", False),
        ],
        "/sync_member_invites": [],
        "/staff set": [("user", True), ("ib_link", True), ("ib_code", True)],
        "/staff remove": [("user", True)],
        "/staff list": [],
        "/staff role": [("role", False)],
        "/campaign create": [
            ("name", True),
            ("offer", False),
            ("welcome", False),
            ("brand", False),
            ("color", False),
            ("logo", False),
            ("channel", False),
            ("days", False),
        ],
        "/campaign list": [],
        "/campaign show": [("campaign", True)],
        "/campaign edit": [
            ("campaign", True),
            ("name", False),
            ("offer", False),
            ("welcome", False),
            ("brand", False),
            ("color", False),
            ("logo", False),
            ("channel", False),
            ("days", False),
        ],
        "/campaign questions add": [
            ("campaign", True),
            ("question", True),
            ("required", False),
            ("choices", False),
            ("pattern", False),
            ("long", False),
            ("placeholder", False),
        ],
        "/campaign questions edit": [
            ("campaign", True),
            ("question", True),
            ("wording", False),
            ("required", False),
            ("choices", False),
            ("pattern", False),
            ("long", False),
            ("placeholder", False),
        ],
        "/campaign questions remove": [("campaign", True), ("question", True)],
        "/campaign questions move": [("campaign", True), ("question", True), ("place", True)],
        "/campaign questions list": [("campaign", True)],
        "/campaign roles": [
            ("campaign", True),
            ("add", False),
            ("remove", False),
            ("given", False),
        ],
        "/campaign welcome": [("campaign", True), ("message", False)],
        "/campaign value": [("campaign", True), ("worth", True)],
        "/onboarding start": [],
        "/onboarding answers": [("user", True)],
        "/onboarding export": [("campaign", True)],
        "/campaign pause": [("campaign", True)],
        "/campaign resume": [("campaign", True)],
        "/campaign stats": [("campaign", True), ("period", False)],
        "/campaign holds": [
            ("campaign", False),
            ("burst", False),
            ("young", False),
            ("fast", False),
            ("visitor", False),
            ("own", False),
            ("standard", False),
        ],
        "/campaign variant add": [
            ("campaign", True),
            ("name", True),
            ("headline", True),
            ("body", True),
            ("weight", False),
        ],
        "/campaign variant edit": [
            ("campaign", True),
            ("name", True),
            ("headline", False),
            ("body", False),
            ("weight", False),
        ],
        "/campaign variant remove": [("campaign", True), ("name", True)],
        "/campaign variant list": [("campaign", True)],
        "/apikey create": [
            ("name", True),
            ("scopes", False),
            ("owner", False),
            ("days", False),
        ],
        "/apikey list": [],
        "/apikey revoke": [("key", True)],
        "/referral create": [
            ("campaign", True),
            ("title", False),
            ("user", False),
            ("code", False),
            ("platform", False),
            ("description", False),
            ("days", False),
            ("mode", False),
        ],
        "/referral list": [("user", False)],
        "/referral show": [("code", True)],
        "/referral pause": [("code", True)],
        "/referral resume": [("code", True)],
        "/referral mode": [("code", True), ("mode", True)],
        "/referral stats": [("code", True), ("period", False)],
        "/referral chain": [("code", True), ("user", False)],
        "/referral held": [],
        "/referral import": [("file", True), ("atomic", False), ("trial", False)],
        "/referral export": [("form", False)],
        "/webhook create": [("url", True), ("events", False), ("description", False)],
        "/webhook list": [],
        "/webhook show": [("name", True)],
        "/webhook edit": [
            ("name", True),
            ("url", False),
            ("events", False),
            ("description", False),
        ],
        "/webhook enable": [("name", True)],
        "/webhook disable": [("name", True)],
        "/webhook secret": [("name", True)],
        "/webhook delete": [("name", True)],
        "/webhook test": [("name", True)],
        "/webhook replay": [
            ("name", True),
            ("event", False),
            ("hours", False),
            ("everything", False),
        ],
        "/staff report": [("from", False), ("to", False)],
        "/welcome on": [("channel", False)],
        "/welcome off": [],
        "/welcome message": [("text", False)],
        "/welcome embed": EMBED,
        "/welcome dm": [("state", True)],
        "/welcome show": [],
        "/welcome preview": [],
        "/welcome reset": [],
        "/farewell on": [("channel", False)],
        "/farewell off": [],
        "/farewell message": [("text", False)],
        "/farewell embed": EMBED,
        "/farewell bots": [("state", True)],
        "/farewell show": [],
        "/farewell preview": [],
        "/farewell reset": [],
        "/privacy view": [],
        "/privacy export": [],
        "/privacy delete": [("for_good", False)],
        "/slowmode": [("seconds", True), ("channel", False), ("duration", False)],
        "/lockdown": [
            ("channel", False),
            ("duration", False),
            ("reason", False),
            ("scope", False),
        ],
        "/unlock": [("channel", False), ("reason", False), ("scope", False)],
        "/automod list": [],
        "/automod enable": [
            ("preset", True),
            ("limit", False),
            ("words", False),
            ("file", False),
            ("alert", False),
            ("message", False),
            ("name", False),
        ],
        "/automod disable": [("rule", True), ("delete", False)],
        "/automod words": [("rule", True), ("add", False), ("remove", False)],
        "/automod policy": [
            ("rule", True),
            ("action", True),
            ("keyword", False),
            ("duration", False),
            ("points", False),
        ],
        "/automod exempt": [
            ("rule", True),
            ("role", False),
            ("channel", False),
            ("remove", False),
        ],
        "/automod test": [("text", True)],
        "/raid status": [],
        "/raid config": [("joins", True), ("seconds", True), ("age", False), ("pause", False)],
        "/raid on": [],
        "/doctor": [("channel", False)],
        "/setup": [("step", False)],
        "/raid off": [],
        "/purge": [
            ("count", True),
            ("user", False),
            ("bots", False),
            ("before", False),
            ("after", False),
        ],
    }


SHOWN_TO = {
    # Members look at their own invites, links and data.
    **dict.fromkeys(("invite", "referral", "privacy", "onboarding"), None),
    **dict.fromkeys(("slowmode", "lockdown", "unlock"), "16"),
    "purge": "8192",
}
"""Whom Discord offers what is not for those who manage the server (32)."""


def test_commands_are_shown_to_managers_at_first_and_everything_in_guilds_only() -> None:
    own = [one.to_json() for one in (*moderation.COMMANDS, *moderation.MENUS)]
    for command in ROUTER.registration():
        if command in own:
            continue
        name = str(command["name"])
        assert (name, command["default_member_permissions"]) == (name, SHOWN_TO.get(name, "32"))
        assert command["contexts"] == [0]
        assert command["integration_types"] == [0]


def test_codes_are_suggested_where_they_are_typed() -> None:
    suggesting = [
        f"/{command.name} {option.name}"
        for command in ROUTER.commands()
        for option in command.options
        if option.opt.complete
    ]

    assert set(suggesting) >= {
        "/invite label code",
        "/invite revoke code",
        "/view_invite_logs invite_code",
        "/export_invite_logs invite_code",
        "/campaign show campaign",
        "/referral create campaign",
        "/referral show code",
        "/automod policy rule",
        "/automod policy keyword",
        "/automod policy duration",
        "/automod words rule",
    }


def test_the_invite_command_leaves_room_within_discord_s_limits() -> None:
    invite = ROUTER.registration()[0]
    options = invite["options"]

    assert invite["name"] == "invite"
    assert isinstance(options, list)
    assert len(options) <= 25
    assert rules.size(invite) <= rules.CHARACTERS


OPTION = {"type": 3, "name": "word", "description": "Word"}


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"name": ""}, "0/name"),
        ({"name": None}, "0/name"),
        ({"descripton": "x"}, "0/body"),
        ({"description": "x" * 101}, "0/description"),
        ({"default_member_permissions": 32}, "0/default_member_permissions"),
        ({"contexts": [9]}, "0/contexts/0"),
        ({"options": [OPTION | {"type": 99}]}, "0/options/0/type"),
        ({"options": [OPTION | {"descripton": "x"}]}, "0/options/0"),
        ({"options": [OPTION | {"min_value": 1}]}, "0/options/0"),
        ({"options": [OPTION | {"max_length": 0}]}, "0/options/0/max_length"),
        ({"options": [OPTION | {"choices": [{"name": "a", "value": 1}]}]}, "0/options/0/choices"),
        ({"options": [OPTION] * 26}, "0/options"),
        ({"options": [{**OPTION, "type": 1, "options": [OPTION | {"type": 1}]}]}, "0/options/0"),
    ],
)
def test_a_fault_against_the_description_is_found_where_it_is(
    changes: dict[str, object], at: str
) -> None:
    good: dict[str, object] = {"name": "probe", "description": "Probe", "options": [OPTION]}
    assert schema.registration([good]) == []

    found = schema.registration([good | changes])

    assert found
    assert all(error.startswith(at) for error in found), found


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "Probe"}, "Probe: bad name"),
        ({"name": "two words"}, "two words: bad name"),
        ({"description": ""}, "probe: no description"),
        ({"options": [OPTION, OPTION | {"required": True}]}, "probe word: required after"),
        ({"options": [OPTION, OPTION]}, "probe: word twice"),
        ({"options": [OPTION | {"description": None}]}, "probe word: no description"),
        ({"options": [OPTION, OPTION | {"type": 1}]}, "probe: subcommands and values"),
        ({"options": [OPTION | {"type": 2}]}, "probe word: a group without"),
        (
            {"options": [OPTION | {"name": f"o{n}", "description": "x" * 90,
             "choices": [{"name": "y" * 100, "value": "z" * 100}] * 2} for n in range(25)]},
            "probe: 12",
        ),
    ],
)  # fmt: skip
def test_a_broken_rule_is_found(changes: dict[str, object], fault: str) -> None:
    good: dict[str, object] = {"name": "probe", "description": "Probe", "options": [OPTION]}
    assert rules.broken([good]) == []

    found = rules.broken([good | changes])

    assert any(error.startswith(fault) for error in found), found


def test_too_many_commands_and_doubles_are_found() -> None:
    many = [{"name": f"c{n}", "description": "C"} for n in range(101)]

    assert rules.broken(many) == ["more than 100 chat input commands"]
    assert rules.broken([many[0], many[0]]) == ["commands: c0 twice"]


@pytest.mark.skipif(not schema.FULL.exists(), reason="Discord's whole description is not here")
def test_the_trimmed_copy_is_what_the_whole_description_gives() -> None:
    whole = json.loads(schema.FULL.read_text(encoding="utf-8"))

    assert json.loads(TRIMMED.read_text(encoding="utf-8")) == trim(whole)
