"""Lines as they stand in the bucket."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD, at, by, by_vanity, open_between, unknown
from usher.attribution.causes import Cause
from usher.attribution.outcomes import Outcome
from usher.attribution.wording import outcome_of, word_of
from usher.ids import InviteCode, RoleId, UserId
from usher.ledger.line_codec import read_line, write_line
from usher.ledger.lines import (
    Line,
    LineError,
    LineType,
    correction_id,
    credit_id,
    join_id,
    leave_id,
)

USER = UserId("80351110224678912")
OUTCOMES = (by("900"), by(None), by_vanity(), open_between("a", "b"), unknown())


def join(outcome: Outcome) -> Line:
    id_ = join_id(GUILD, USER, at(0))
    return Line(LineType.JOIN, id_, at(1), GUILD, USER, at(0), word_of(outcome))


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_line_comes_back_as_it_was_written(outcome: Outcome) -> None:
    line = join(outcome)
    lines = (
        line,
        replace(
            line, type=LineType.CORRECTION, corrects=line.event_id, previous=word_of(unknown())
        ),
        replace(line, imported=True),
        replace(line, verdict=(), rules="r1", has_avatar=True, returned=True, untracked=True),
        replace(line, verdict=("rejoin", "of_a_later_release"), rules="r1", lacks=RoleId("5")),
        replace(line, type=LineType.LEAVE, verdict=("left_within",), rules="r1"),
        replace(line, type=LineType.VERDICT, word=None, verdict=(), rules="r2", by=UserId("5")),
        replace(line, type=LineType.LEAVE, credit_reversed_from=UserId("900")),
        replace(line, type=LineType.LEAVE, word=None, joined_at=None, seq=(7, 0)),
        replace(line, type=LineType.LEAVE, cause=Cause.BANNED, by=UserId("5"), recovered=True),
        replace(line, type=LineType.LEAVE_CAUSE, corrects="l", cause=Cause.KICKED, by=USER),
        Line(
            LineType.CREDIT, "c", at(1), GUILD, None, None, None, delta=-2, staff_id=UserId("900")
        ),
        replace(
            Line(LineType.CREDIT, "c", at(1), GUILD, None, None, None, delta=5),
            staff_id=UserId("900"),
            imported=True,
            code=InviteCode("abc"),
        ),
    )
    for one in lines:
        assert read_line(write_line(one)) == one
    assert outcome_of(word_of(outcome)) == outcome


def test_a_line_from_before_verdicts_says_none() -> None:
    fields = json.loads(write_line(join(by())))
    old = {"has_avatar", "returned", "untracked", "lacks", "verdict", "rules"}
    content = json.dumps({name: fields[name] for name in fields.keys() - old}).encode()

    assert read_line(content) == join(by())


@pytest.mark.parametrize("verdict", ["rejoin", [5], {"rejoin": True}])
def test_a_verdict_is_a_list_of_names(verdict: object) -> None:
    fields = json.loads(write_line(join(by()))) | {"verdict": verdict}

    with pytest.raises(LineError):
        read_line(json.dumps(fields).encode())


def test_a_line_is_one_json_object_with_every_field_and_ids_only() -> None:
    content = write_line(join(unknown()))

    assert content.endswith(b"}\n")
    assert content.count(b"\n") == 1
    assert json.loads(content) == {
        "v": 1,
        "type": "join",
        "event_id": join_id(GUILD, USER, at(0)),
        "timestamp": "2026-11-20T12:00:01.000000+00:00",
        "guild_id": GUILD,
        "user_id": USER,
        "joined_at": "2026-11-20T12:00:00.000000+00:00",
        "outcome": "unattributed",
        "kind": "unknown",
        "invite_code": None,
        "staff_id": None,
        "uses_before": None,
        "uses_after": None,
        "confidence": "none",
        "method": None,
        "candidates": [],
        "reason": "no_use_seen",
        "seq": None,
        "recovered": False,
        "imported": False,
        "has_avatar": None,
        "returned": False,
        "untracked": False,
        "lacks": None,
        "verdict": None,
        "rules": None,
    }


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b'{"v":2}', b'{"v":1,"type":"x"}'])
def test_what_is_no_line_is_refused(content: bytes) -> None:
    with pytest.raises(LineError):
        read_line(content)


@given(st.binary(max_size=60))
def test_nothing_but_a_line_error_is_raised(content: bytes) -> None:
    with pytest.raises(LineError):
        read_line(content)


def test_event_ids_tell_events_apart_and_nothing_else() -> None:
    again = at(0) + timedelta(microseconds=1)
    ids = {
        join_id(GUILD, USER, at(0)),
        join_id(GUILD, USER, again),
        leave_id(GUILD, USER, at(0)),
        correction_id(GUILD, USER, at(0), word_of(by()), "o1"),
        correction_id(GUILD, USER, at(0), word_of(by()), "o2"),
        correction_id(GUILD, USER, at(0), word_of(unknown()), "o1"),
        credit_id("o1", USER, "o1"),
        credit_id("o2", USER, "o1"),
    }

    assert len(ids) == 8
    assert all(len(id_) == 32 and int(id_, 16) >= 0 for id_ in ids)
    assert join_id(GUILD, USER, at(0)) == join_id(GUILD, USER, at(0))
