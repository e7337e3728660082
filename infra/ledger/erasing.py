"""Erasing a person by hand: asked for and swept in one go, or only looked for."""

import argparse
from collections.abc import Iterable
from concurrent.futures import Executor
from typing import Final

from infra.cli.commands import Subparsers
from infra.ledger.context import now
from usher.backup.rules import PASSING
from usher.ids import GuildId, UserId
from usher.ledger.erasing import Erased, Eraser
from usher.ledger.erasure import Erasure
from usher.ledger.erasures import Erasures, ask
from usher.ledger.ports import Version
from usher.moderation.ports import CaseBook
from usher.moderation.redacting import HELD
from usher.moderation.redactor import Redactor
from usher.platform.dynamo_scan import WholeTable
from usher.platform.s3 import Bucket
from usher.slash import text
from usher.slash.resolved import is_snowflake

PLACES: Final = ("lines/", "names/", "csv/", "exports/", "parked/")
"""Where guilds are found that the bucket knows."""


def add(actions: Subparsers) -> argparse.ArgumentParser:
    """Declare the action's arguments."""
    parser = actions.add_parser("erase", help="destroy every copy of a person's names")
    parser.add_argument("user", type=_snowflake, metavar="USER", help="the person's id")
    parser.add_argument("--guild", type=_snowflake, metavar="ID", help="in this guild only")
    parser.add_argument(
        "--for-good", action="store_true", help="also keep no name of theirs from now on"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be destroyed")
    return parser


def run(
    bucket: Bucket,
    pool: Executor,
    namespace: argparse.Namespace,
    table: WholeTable | None,
    cases: CaseBook | None,
) -> int:
    """Erase the person; may raise errors of bucket and table, and ErasureError."""
    user_id, moment, rehearsed = UserId(namespace.user), now(), namespace.dry_run
    guilds = [GuildId(namespace.guild)] if namespace.guild else _guilds(bucket)
    total = Erased()
    records = None if cases is None else Redactor(cases, now, rehearsed)
    for guild_id in guilds:
        known = Erasures(bucket).find(guild_id, user_id)
        for_good = namespace.for_good or (known is not None and known.for_good)
        erasure = Erasure(guild_id, user_id, moment, for_good)
        objects = Rehearsal(bucket.client, bucket.name) if rehearsed else bucket
        ask(objects, erasure)
        erased = Eraser(objects, pool, now, records).erase(erasure)
        total += erased
        if table is not None and not rehearsed:
            forget_drafts(table, guild_id, user_id)
        print(f"guild {guild_id}: {_told(erased)}")
    done = "would be erased" if rehearsed else "is erased"
    print(f"{user_id} {done} in {text.count(len(guilds), 'guild')}: {_told(total)}")
    if not rehearsed:
        print("Ledger lines and counts stay: they hold ids only. So does the note of this erasure.")
        print(f"Cases in force, and of the last {HELD.days} days, keep their words, without names.")
    return 0


def forget_drafts(table: WholeTable, guild_id: GuildId, user_id: UserId) -> None:
    """Delete what somebody has typed into onboardings that are not complete."""
    partition = f"{PASSING}{guild_id}"
    for row in list(table.query(partition, f"M#{user_id}#")):
        table.delete(partition, row["sk"]["S"])


class Rehearsal(Bucket):
    """A bucket that is read and not changed."""

    def upload(self, key: str, chunks: Iterable[bytes]) -> int:
        """Say how many bytes would be written."""
        del key
        return sum(map(len, chunks))

    def destroy(self, versions: Iterable[Version]) -> int:
        """Say how many versions would be destroyed."""
        return sum(1 for _ in versions)


def _guilds(bucket: Bucket) -> list[GuildId]:
    folders = {
        folder.removeprefix(f"{place}guild=").rstrip("/")
        for place in PLACES
        for folder in bucket.folders(place)
    }
    return [GuildId(guild) for guild in sorted(folders) if is_snowflake(guild)]


def _told(erased: Erased) -> str:
    if not erased.versions and not erased.cases:
        return "nothing of theirs was kept"
    parts = (
        text.count(erased.rows, "join made nameless", "joins made nameless"),
        text.count(erased.names, "name as an inviter", "names as an inviter"),
        text.count(erased.answers, "onboarding's answers", "onboardings' answers"),
        text.count(erased.days, "day's CSV written anew", "days' CSV written anew"),
        text.count(erased.files, "export, message or file", "exports, messages or files"),
        text.count(erased.cases, "case without the names or words", "cases without them"),
        text.count(erased.versions, "version destroyed", "versions destroyed"),
    )
    return ", ".join(parts)


def _snowflake(given: str) -> str:
    if not is_snowflake(given):
        raise argparse.ArgumentTypeError(f"{given!r} is no Discord id")
    return given
