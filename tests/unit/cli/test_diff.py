"""Declared commands against what Discord answers, which is more than it was told."""

from collections.abc import Mapping
from typing import Any

from infra.cli.diff import Diff, compare
from usher.catalogue import ROUTER


def as_discord_answers(command: Mapping[str, Any], number: int = 0) -> dict[str, Any]:
    """Dress a declaration as GET /applications/{id}/commands returns it (Discord docs).

    With `with_localizations`, without which these words are left out.
    """

    def option(of: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in of.items() if value is not False}
        kept = {"name_localizations": None, "description_localizations": None, **kept}
        if "options" in of:
            kept["options"] = [option(one) for one in of["options"]]
        if "choices" in of:
            kept["choices"] = [{"name_localizations": None, **one} for one in of["choices"]]
        return kept

    options = (
        {"options": [option(one) for one in command["options"]]} if "options" in command else {}
    )
    return {
        "name_localizations": None,
        "description_localizations": None,
        **command,
        **options,
        "id": str(900 + number),
        "application_id": "42",
        "version": "900",
        "dm_permission": False,
        "nsfw": False,
        "default_permission": True,
    }


DECLARED: list[Mapping[str, Any]] = [*ROUTER.registration()]


def registered() -> list[dict[str, Any]]:
    return [as_discord_answers(command, n) for n, command in enumerate(DECLARED)]


def names() -> list[str]:
    kinds = {1: "", 2: " (type 2)", 3: " (type 3)"}
    return [str(command["name"]) + kinds[command["type"]] for command in DECLARED]


def named(answered: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(command for command in answered if command["name"] == name)


def test_what_discord_adds_is_no_difference() -> None:
    diff = compare(DECLARED, registered()[::-1])

    assert not diff
    assert diff.lines() == ["commands are up to date"]


def test_numbers_are_compared_by_value() -> None:
    answered = registered()
    leaderboard = next(o for o in answered[0]["options"] if o["name"] == "leaderboard")
    page = next(o for o in leaderboard["options"] if o["name"] == "page")
    page["min_value"] = 1.0

    assert not compare(DECLARED, answered)


def test_all_are_created_where_there_are_none() -> None:
    assert compare(DECLARED, []) == Diff(created=tuple(sorted(names())))


def test_what_is_not_declared_is_deleted_menus_too() -> None:
    menu = {"id": "1", "type": 3, "name": "invite", "description": ""}
    old = {"id": "2", "type": 1, "name": "old", "description": "Old"}

    diff = compare(DECLARED, [*registered(), menu, old])

    assert diff == Diff(deleted=("invite (type 3)", "old"))
    assert diff.lines() == ["delete /invite (type 3)", "delete /old"]


def test_a_changed_field_is_shown_where_it_is() -> None:
    answered = registered()
    view = next(o for o in answered[0]["options"] if o["name"] == "view")
    view["description"] = "Old words"
    view["options"][0]["required"] = True
    named(answered, "export_invite_logs")["default_member_permissions"] = None

    assert compare(DECLARED, answered).lines() == [
        "update /export_invite_logs",
        "  default_member_permissions: nothing → '32'",
        "update /invite",
        "  options[view].description: 'Old words' → 'Show how many members somebody brought'",
        "  options[view].options[user].required: True → nothing",
    ]


def test_words_of_other_languages_and_suggestions_are_compared_too() -> None:
    answered = registered()
    invite = named(answered, "invite")
    invite["description_localizations"] = {"de": "Alte Worte"}
    codes = next(one for one in DECLARED if "autocomplete" in str(one))
    bare = named(answered, str(codes["name"]))
    bare["options"] = without_suggestions(bare["options"])

    lines = compare(DECLARED, answered).lines()

    assert "  description_localizations.de: 'Alte Worte' → 'Wer bringt wen'" in lines
    assert any(".autocomplete: nothing → True" in line for line in lines)


def without_suggestions(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take `autocomplete` out of options."""
    return [
        {key: value for key, value in one.items() if key not in ("autocomplete", "options")}
        | ({"options": without_suggestions(one["options"])} if "options" in one else {})
        for one in options
    ]


def test_a_missing_option_and_another_order_are_differences() -> None:
    answered = registered()
    export = named(answered, "export_invite_logs")
    export["options"] = export["options"][:2]
    names = [option["name"] for option in answered[0]["options"]]
    answered[0]["options"].reverse()

    assert compare(DECLARED, answered).lines() == [
        "update /export_invite_logs",
        "  options: from, to → from, to, user_id, invite_code",
        "update /invite",
        f"  options: {', '.join(reversed(names))} → {', '.join(names)}",
    ]
