"""`usher doctor`: whether everything that the operator answers for stands and works."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from infra.cli.commands import Subparsers
from infra.doctor.examining import Examination
from infra.doctor.guild import examine_guild
from infra.doctor.place import Place, PlaceError, on_aws, on_this_machine
from infra.doctor.showing import as_json, lines
from usher.doctor.model import healthy
from usher.ids import GuildId

DEFAULT_STATE: Final = Path(".usher")


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "doctor",
        help="check that everything stands and works, with a remedy for what does not",
        description="Nothing is changed; Discord is asked to check the endpoint again. "
        "0: nothing is broken; 1: something is, or could not be asked; 2: there is no such stack.",
    )
    add_place(parser)
    parser.add_argument("--guild", metavar="ID", help="what `/doctor` says of one server")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=run)


def add_place(parser: argparse.ArgumentParser) -> None:
    """Add what says which stack is meant."""
    parser.add_argument("--local", action="store_true", help="the system of `usher up`")
    parser.add_argument("--state", type=Path, help="its state folder, .usher unless given")
    parser.add_argument("--stage", default="prod", help="which copy on AWS, default %(default)s")
    parser.add_argument("--stack-name", default="", help="usher-STAGE unless given")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION"))
    parser.add_argument("--profile", default=os.environ.get("AWS_PROFILE"))


def place_of(namespace: argparse.Namespace) -> Place:
    """Find the stack that is meant; raises PlaceError."""
    if namespace.local or namespace.state is not None:
        return on_this_machine(namespace.state or DEFAULT_STATE)
    name = namespace.stack_name or f"usher-{namespace.stage}"
    return on_aws(name, namespace.region, namespace.profile)


def run(namespace: argparse.Namespace) -> int:
    """Examine, and show what was found."""
    now = datetime.now(UTC)
    if namespace.guild and not namespace.guild.isdecimal():
        print("usher doctor: --guild is a Discord id, digits alone", file=sys.stderr)
        return 2
    try:
        place = place_of(namespace)
        if namespace.guild:
            findings = [*examine_guild(place, GuildId(namespace.guild), now)]
        else:
            findings = Examination(place, now).run()
    except PlaceError as error:
        print(f"usher doctor: {error}", file=sys.stderr)
        return 2
    if namespace.json:
        print(as_json(findings, place.stack, now))
    else:
        print(f"{place.stack} in {place.endpoint_url or place.region}, {now:%Y-%m-%d %H:%M:%S} UTC")
        print("\n".join(lines(findings, color=sys.stdout.isatty())))
    return 0 if healthy(findings) else 1
