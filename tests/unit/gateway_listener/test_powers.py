"""What Usher may do is known from roles, from Discord's word, or not at all."""

import pytest

from gateway_listener.powers import ADMINISTRATOR, VIEW_AUDIT_LOG, Powers
from usher.ids import GuildId, UserId

GUILD, OWN = GuildId("100"), UserId("1")


def created(everyone: int = 0, own: int = 0) -> dict[str, object]:
    return {
        "id": "100",
        "roles": [
            {"id": "100", "permissions": str(everyone)},
            {"id": "7", "permissions": str(own)},
            {"id": "8", "permissions": str(ADMINISTRATOR)},
        ],
        "members": [
            {"user": {"id": "5"}, "roles": ["8"]},
            {"user": {"id": "1"}, "roles": ["7"]},
        ],
    }


def powers(everyone: int = 0, own: int = 0) -> Powers:
    made = Powers()
    assert not made.take(GUILD, "GUILD_CREATE", created(everyone, own), OWN)
    return made


@pytest.mark.parametrize(
    ("everyone", "own", "sees"),
    [
        (0, 0, False),
        (VIEW_AUDIT_LOG, 0, True),
        (0, VIEW_AUDIT_LOG, True),
        (0, ADMINISTRATOR, True),
        (1 << 40, 1 << 5, False),
    ],
)
def test_a_permission_is_held_by_any_role_of_its_own(everyone: int, own: int, sees: bool) -> None:
    assert powers(everyone, own).sees_audit_log(GUILD) is sees


def test_changes_of_roles_and_of_its_own_roles_are_followed() -> None:
    held = powers()

    allowed = {"role": {"id": "7", "permissions": str(VIEW_AUDIT_LOG)}}
    assert held.take(GUILD, "GUILD_ROLE_UPDATE", allowed, OWN)
    assert held.sees_audit_log(GUILD)
    assert held.take(GUILD, "GUILD_ROLE_DELETE", {"role_id": "7"}, OWN)
    assert not held.sees_audit_log(GUILD)
    assert held.take(GUILD, "GUILD_MEMBER_UPDATE", {"user": {"id": "1"}, "roles": ["8"]}, OWN)
    assert held.sees_audit_log(GUILD)


def test_other_members_and_other_events_change_nothing() -> None:
    held = powers()

    others = {"user": {"id": "5"}, "roles": ["8"]}
    assert not held.take(GUILD, "GUILD_MEMBER_UPDATE", others, OWN)
    assert not held.take(GUILD, "GUILD_MEMBER_REMOVE", others, OWN)
    assert not held.sees_audit_log(GUILD)


def test_without_roles_discords_word_or_an_entry_counts_until_something_changes() -> None:
    held = Powers()
    assert not held.sees_audit_log(GUILD)

    held.told(GUILD, VIEW_AUDIT_LOG)
    assert held.sees_audit_log(GUILD)
    held.take(GUILD, "GUILD_ROLE_UPDATE", {"role": {"id": "7", "permissions": "0"}}, OWN)
    assert not held.sees_audit_log(GUILD)
    held.take(GUILD, "GUILD_AUDIT_LOG_ENTRY_CREATE", {}, OWN)
    assert held.sees_audit_log(GUILD)
    held.forget(GUILD)
    assert not held.sees_audit_log(GUILD)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("GUILD_CREATE", {"roles": "x"}),
        ("GUILD_CREATE", {"roles": [{"id": "7", "permissions": None}]}),
        ("GUILD_CREATE", {"members": [5]}),
        ("GUILD_ROLE_UPDATE", {}),
        ("GUILD_ROLE_DELETE", {}),
        ("GUILD_MEMBER_UPDATE", {"user": {"id": "1"}}),
    ],
)
def test_what_is_malformed_leaves_it_unknown(kind: str, data: dict[str, object]) -> None:
    held = powers(own=VIEW_AUDIT_LOG)

    held.take(GUILD, kind, data, OWN)

    assert not held.sees_audit_log(GUILD)
