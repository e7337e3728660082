"""`usher replay FILE`: recorded traffic in, attributions out."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from infra.replay.lines import RecordingError, read_lines
from infra.replay.run import replay

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: "Subparsers") -> None:
    """Declare the command's arguments."""
    parser = subparsers.add_parser("replay", help="recorded traffic in, attributions out")
    parser.add_argument("file", type=Path, help="recording, one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the final word on each join as one JSON object a line; 2 for a file that is none."""
    try:
        with args.file.open("rb") as recording:
            verdicts = replay(read_lines(recording))
    except OSError as error:
        print(f"usher replay: {args.file}: {error.strerror}", file=sys.stderr)
        return 2
    except RecordingError as error:
        print(f"usher replay: {args.file}: {error}", file=sys.stderr)
        return 2
    for verdict in verdicts:
        print(json.dumps(verdict.to_json(), ensure_ascii=False))
    return 0
