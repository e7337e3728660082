"""`usher replay`: recordings in, verdicts out."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from infra.cli.replay import run

GUILD = "41771983423143937"
ANN, NEW, OTHER = "53908232506183680", "80351110224678912", "80351110224678913"


def line(second: float, kind: str, data: object, guild: str = GUILD) -> dict[str, object]:
    at = f"2026-03-01T12:00:{second:06.3f}Z"
    return {"at": at, "type": kind, "guild_id": guild, "data": data}


def invites(second: float, guild: str = GUILD, **uses: int) -> dict[str, object]:
    rows = [
        {
            "code": code,
            "inviter": {"id": ANN, "username": "ann"},
            "channel": {"id": "1", "name": "general", "type": 0},
            "uses": count,
            "max_uses": 0,
            "max_age": 0,
            "temporary": False,
            "created_at": "2026-01-01T00:00:00+00:00",
            "expires_at": None,
        }
        for code, count in uses.items()
    ]
    return line(second, "INVITES", rows, guild)


def added(second: float, user: str = NEW, guild: str = GUILD) -> dict[str, object]:
    data = {
        "guild_id": guild,
        "user": {"id": user, "username": "new", "discriminator": "0", "global_name": None},
        "joined_at": f"2026-03-01T12:00:{second:09.6f}+00:00",
        "roles": [],
    }
    return line(second + 0.02, "GUILD_MEMBER_ADD", data, guild)


def replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *lines: object
) -> tuple[int, list[dict[str, Any]], str]:
    file = tmp_path / "recording.jsonl"
    texts = [text if isinstance(text, str) else json.dumps(text) for text in lines]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    status = run(argparse.Namespace(file=file))
    out, err = capsys.readouterr()
    return status, [json.loads(row) for row in out.splitlines()], err


def test_an_ordinary_join(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, rows, _ = replayed(tmp_path, capsys, invites(1, a=5, b=1), added(5), invites(6, a=6))

    assert status == 0
    assert rows == [
        {
            "guild_id": GUILD,
            "user_id": NEW,
            "joined_at": "2026-03-01T12:00:05.000000+00:00",
            "outcome": "attributed",
            "kind": "invite",
            "code": "a",
            "inviter_id": ANN,
            "confidence": "exact",
            "method": "use_count",
            "candidates": ["a"],
            "reason": None,
            "recovered": False,
            "corrected": False,
        }
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_vanity_stands_on_either_side_of_the_invites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order: int
) -> None:
    def look(second: float, uses: int) -> list[dict[str, object]]:
        vanity = line(second, "VANITY", {"code": "our-guild", "uses": uses})
        return [invites(second, a=5), vanity][::order]

    _, rows, _ = replayed(tmp_path, capsys, *look(1, 3), added(5), *look(6, 4))

    assert (rows[0]["kind"], rows[0]["inviter_id"], rows[0]["code"]) == (
        "vanity", "VANITY", "our-guild",
    )  # fmt: skip


def test_one_inviter_behind_two_codes_has_no_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, rows, _ = replayed(
        tmp_path, capsys, invites(1, a=5, b=1), added(5), added(5.1, OTHER), invites(6, a=6, b=2)
    )

    assert [(row["outcome"], row["code"], row["inviter_id"]) for row in rows] == [
        ("attributed", None, ANN), ("attributed", None, ANN),
    ]  # fmt: skip
    assert rows[0]["candidates"] == ["a", "b"]


def test_a_refused_answer_is_no_observation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, rows, _ = replayed(
        tmp_path, capsys, invites(1, a=5), added(5), line(6, "INVITES", {"error": 403})
    )

    assert (rows[0]["outcome"], rows[0]["reason"]) == ("unattributed", "look_failed")


def test_guilds_are_apart_and_joins_come_in_order_of_joining(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "41771983423143938"
    _, rows, _ = replayed(
        tmp_path, capsys,
        invites(1, a=5), invites(1, other, z=0), added(6), added(5, OTHER, other),
        invites(7, other, z=1), invites(7, a=6),
    )  # fmt: skip

    assert [(row["guild_id"], row["code"]) for row in rows] == [(other, "z"), (GUILD, "a")]


def test_what_has_no_rule_yet_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, rows, _ = replayed(
        tmp_path, capsys,
        invites(1, a=5),
        line(2, "MEMBERS", []),
        line(2, "MEMBERS_SEARCH", {"error": 403}),
        line(2, "AUDIT_LOG", {"audit_log_entries": []}),
        line(2, "USHER", {"managed_code": {"code": "a", "link": "x"}}),
        line(2, "GUILD_MEMBER_UPDATE", {"user": {"id": NEW}, "guild_id": GUILD}),
        line(3, "GAP", None),
        "",
    )  # fmt: skip

    assert (status, rows) == (0, [])


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        ('{"type": "NOPE"}', "unknown type"),
        ('{"type": ["GAP"]}', "unknown type"),
        (json.dumps(line(1, "GAP", None, "guild")), "guild_id"),
        (json.dumps(line(1, "GAP", None) | {"at": "2026-03-01T12:00:00"}), "`at`"),
        (json.dumps(line(1, "GAP", None) | {"at": 7}), "`at`"),
        (json.dumps(line(1, "INVITES", "none")), "INVITES"),
        (json.dumps(line(1, "INVITES", [7])), "INVITES"),
        (json.dumps(line(1, "INVITES", {"error": "broken"})), "INVITES"),
        (json.dumps(line(1, "GUILD_MEMBER_ADD", {})), "GUILD_MEMBER_ADD"),
        (json.dumps(line(1, "INVITE_DELETE", {"guild_id": GUILD})), "INVITE_DELETE"),
        (json.dumps(line(1, "VANITY", {"code": 3, "uses": "x"})), "VANITY"),
    ],
)
def test_a_malformed_line_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: str, says: str
) -> None:
    status, rows, error = replayed(tmp_path, capsys, invites(1, a=5), broken)

    assert (status, rows) == (2, [])
    assert "line 2" in error
    assert says in error


def test_a_missing_file_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argparse.Namespace(file=tmp_path / "nothing.jsonl")) == 2
    assert "No such file" in capsys.readouterr().err
