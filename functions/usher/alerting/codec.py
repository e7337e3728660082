"""The board as text for its row. Pure."""

import json
from typing import Any, Final

from usher.alerting.model import Board, Facts, Member, Message, Notice, State, Turn, Watch
from usher.times import format_time, parse_time

_STATES: Final = {State.ALARM: "A", State.OK: "O", State.NO_DATA: "N"}
_LETTERS: Final = {letter: state for state, letter in _STATES.items()}


def write_board(board: Board) -> str:
    """Write a board."""
    told = {
        "watches": {name: _watch(watch) for name, watch in board.watches.items()},
        "messages": [_message(message) for message in board.messages],
        "waiting": [_notice(notice) for notice in board.waiting],
        "noticed": board.noticed,
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def read_board(text: str) -> Board:
    """Read what `write_board` wrote."""
    told = json.loads(text)
    return Board(
        watches={name: _read_watch(watch) for name, watch in told["watches"].items()},
        messages=tuple(_read_message(message) for message in told["messages"]),
        waiting=tuple(_read_notice(notice) for notice in told["waiting"]),
        noticed=tuple(told["noticed"]),
    )


def _watch(watch: Watch) -> dict[str, object]:
    facts = watch.facts
    told: dict[str, object] = {
        "turns": [
            [format_time(turn.at), _STATES[turn.state] + _STATES[turn.before]]
            for turn in watch.turns
        ],
        "facts": [facts.sentence, facts.page, facts.measured, facts.region, facts.account],
    }
    if watch.forgotten is not None:
        told["forgotten"] = format_time(watch.forgotten)
    return told


def _read_watch(told: dict[str, Any]) -> Watch:
    forgotten = told.get("forgotten")
    return Watch(
        turns=tuple(
            Turn(parse_time(at), _LETTERS[states[0]], _LETTERS[states[1]])
            for at, states in told["turns"]
        ),
        facts=Facts(*told["facts"]),
        forgotten=parse_time(forgotten) if forgotten else None,
    )


def _message(message: Message) -> dict[str, object]:
    return {
        "id": message.id,
        "born": format_time(message.born),
        "members": [[one.alarm, format_time(one.anchor)] for one in message.members],
        "shown": message.shown,
        "many": message.many,
        "called": message.called,
    }


def _read_message(told: dict[str, Any]) -> Message:
    members = tuple(Member(alarm, parse_time(anchor)) for alarm, anchor in told["members"])
    born, called = parse_time(told["born"]), bool(told.get("called"))
    return Message(told["id"], born, members, told["shown"], told["many"], called)


def _notice(notice: Notice) -> dict[str, object]:
    told = {"id": notice.id, "at": format_time(notice.at), "title": notice.title}
    return {**told, "text": notice.text, "fields": notice.fields}


def _read_notice(told: dict[str, Any]) -> Notice:
    fields = tuple((name, value) for name, value in told["fields"])
    return Notice(told["id"], parse_time(told["at"]), told["title"], told["text"], fields)
