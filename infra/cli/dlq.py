"""`usher dlq list|show|redrive`: what was given up, why, and put back when that is mended."""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from infra.cli.commands import Subparsers
from infra.cli.doctor import add_place, place_of
from infra.cli.progress import Progress
from infra.dlq.letter import COMMANDS, Letter, is_expired
from infra.dlq.ports import Pair, UnsupportedError
from infra.dlq.redriving import Redrive, Result, peek
from infra.dlq.showing import line_of, summary, whole
from infra.dlq.sqs import SqsLetters, pairs
from infra.doctor.logs import about, newest_error
from infra.doctor.place import AWS_FAILURES, Place, PlaceError

SHOWN: Final = 20
KEPT: Final = timedelta(days=14)
"""How long SQS keeps a message at most."""
LATELY: Final = timedelta(minutes=10)
POLL_SECONDS: Final = 2.0
NOTHING: Final = "nothing was given up"


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand and its actions."""
    parser = subparsers.add_parser("dlq", help="messages that were given up: list, show, redrive")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="show what was given up, and why")
    listed.add_argument("queue", nargs="?", help="such as events; all unless given")
    listed.add_argument("--most", type=int, default=SHOWN, help="of a queue, default %(default)s")
    one = actions.add_parser("show", help="show one message, without names and tokens")
    one.add_argument("queue", help="such as events")
    one.add_argument("--id", required=True, help="as `usher dlq list` names it")
    redrive = actions.add_parser("redrive", help="put messages back into their queue")
    redrive.add_argument("queue", nargs="?", help="such as events; all unless given")
    redrive.add_argument("--id", action="append", default=[], help="only this one; may be repeated")
    redrive.add_argument("--dry-run", action="store_true", help="only say what would be done")
    redrive.add_argument(
        "--drop", action="store_true", help="delete commands that nobody can answer any more"
    )
    redrive.add_argument("--yes", action="store_true", help="ask nothing")
    for action in actions.choices.values():
        add_place(action)
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Do it; 1 when it failed, 2 for wrong usage."""
    try:
        place = place_of(namespace)
        found = pairs(place)
        wanted = [one for one in found if namespace.queue in (None, one.name)]
        if not wanted:
            names = ", ".join(one.name for one in found)
            print(f"usher dlq: there is no queue {namespace.queue}: {names}", file=sys.stderr)
            return 2
        letters = SqsLetters(place.client("sqs"))
        match namespace.action:
            case "list":
                return _list(place, letters, wanted, namespace.most)
            case "show":
                return _show(place, letters, wanted[0], namespace.id)
            case _:
                return _redrive(place, letters, wanted, namespace)
    except PlaceError as error:
        print(f"usher dlq: {error}", file=sys.stderr)
        return 2
    except AWS_FAILURES as error:
        print(f"usher dlq: {error}", file=sys.stderr)
        return 1


def _list(place: Place, letters: SqsLetters, wanted: Sequence[Pair], most: int) -> int:
    now, total = datetime.now(UTC), 0
    for pair in wanted:
        count = letters.count(pair)
        total += count
        if not count:
            continue
        print(f"{pair.name}: {count:,} given up")
        found = peek(letters, pair, most)
        for one in found:
            print("\n".join(line_of(pair.name, one, _why(place, pair, one), now)))
        if count > len(found):
            print(f"  and about {count - len(found):,} more")
    if not total:
        print(NOTHING)
    return 0


def _show(place: Place, letters: SqsLetters, pair: Pair, id_: str) -> int:
    found = [one for one in peek(letters, pair, sys.maxsize) if one.id == id_]
    if not found:
        print(f"usher dlq: {pair.name} holds no such message now", file=sys.stderr)
        return 1
    print("\n".join(whole(pair.name, found[0], _why(place, pair, found[0]), datetime.now(UTC))))
    return 0


def _redrive(
    place: Place, letters: SqsLetters, wanted: Sequence[Pair], namespace: argparse.Namespace
) -> int:
    started, failed, total = datetime.now(UTC), False, 0
    for pair in wanted:
        count = letters.count(pair)
        total += count
        if not count:
            continue
        if namespace.dry_run:
            _foretell(letters, pair, namespace, started, count)
            continue
        _warn(place, pair, started)
        if not (namespace.yes or _agreed(pair, count, namespace)):
            print(f"{pair.name}: let be")
            failed = True
            continue
        result = _put_back(letters, pair, namespace, started, count)
        print(summary(pair.name, result))
        failed = failed or result.broken_off
    if not total:
        print(NOTHING)
    return 1 if failed else 0


def _put_back(
    letters: SqsLetters, pair: Pair, namespace: argparse.Namespace, started: datetime, count: int
) -> Result:
    if not (namespace.id or namespace.drop or pair.name == COMMANDS):
        try:
            return _moved(letters, pair, count)
        except UnsupportedError:
            pass  # the embedded cloud moves nothing by itself
    with Progress(pair.name, count) as progress:
        redrive = Redrive(letters, pair, started, frozenset(namespace.id), namespace.drop)
        return redrive.run(progress)


def _moved(letters: SqsLetters, pair: Pair, count: int) -> Result:
    """Have SQS move everything, and wait until it has."""
    task = letters.move(pair)
    with Progress(pair.name, count) as progress:
        while True:
            status, moved = letters.moved(pair, task)
            progress(moved - progress.done)
            if status != "RUNNING":
                if broken_off := status != "COMPLETED":
                    print(f"usher dlq: the move of {pair.name} is {status}", file=sys.stderr)
                return Result(moved=moved, broken_off=broken_off)
            time.sleep(POLL_SECONDS)


def _foretell(
    letters: SqsLetters, pair: Pair, namespace: argparse.Namespace, now: datetime, count: int
) -> None:
    """Say what would be done. Ten of a FIFO queue's group can be seen at a time."""
    found = [
        one
        for one in peek(letters, pair, sys.maxsize)
        if not namespace.id or one.id in namespace.id
    ]
    late = sum(is_expired(pair.name, one, now) for one in found)
    number = len(found) if namespace.id else max(count, len(found))
    parts = [f"{number - late:,} would be put back"]
    if late:
        what = "would be dropped" if namespace.drop else "are too late to be answered"
        parts.append(f"{late:,} {what}")
    print(f"{pair.name}: {', '.join(parts)}")


def _warn(place: Place, pair: Pair, now: datetime) -> None:
    """Say that the cause may be there still: what fails again comes back."""
    if pair.log_group is None:
        return
    try:
        errors, newest = newest_error(place, pair.log_group, now - LATELY)
    except AWS_FAILURES:
        return  # logs that cannot be read are no reason to leave letters where they are
    if errors:
        print(
            f"{pair.name}: its function has failed within ten minutes ({newest}); what fails "
            "again comes back here",
            file=sys.stderr,
        )


def _agreed(pair: Pair, count: int, namespace: argparse.Namespace) -> bool:
    if not sys.stdin.isatty():
        print(f"{pair.name}: add --yes, for nobody can be asked here", file=sys.stderr)
        return False
    what = "put back or dropped" if namespace.drop else "put back"
    return input(f"{pair.name}: {count:,} to be {what}. Go on? [y/N] ").strip().lower() == "y"


def _why(place: Place, pair: Pair, letter: Letter) -> str:
    if pair.log_group is None:
        return ""
    since = max(letter.sent_at, datetime.now(UTC) - KEPT)
    return about(place, pair.log_group, since, letter.id)
