"""`usher keys`: API keys made, listed and revoked on the table."""

import argparse
import os
import sys
from contextlib import closing
from datetime import UTC, datetime
from secrets import token_hex, token_urlsafe
from typing import Final

from infra.cli.aws_options import add_table
from infra.cli.commands import Subparsers
from infra.cli.credentials import operators
from usher.ids import GuildId, UserId
from usher.platform.settings import SettingsError
from usher.platform.signed_http import DYNAMODB, AwsError, SignedClient
from usher.referrals.key_making import KeyWish, issue
from usher.referrals.key_table import DynamoKeys
from usher.referrals.keys import READING, ApiKey, KeyFieldsError, Scope, read_key, read_scopes

FAILURES: Final = (AwsError, KeyFieldsError, SettingsError)


def add_parser(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("keys", help="make, list and revoke keys of the REST API")
    add_table(parser)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key; it is shown once")
    create.add_argument("name", help="what it is for")
    create.add_argument(
        "--scopes",
        default=" ".join(sorted(READING)),
        help=f"parted by spaces or commas, of: {', '.join(Scope)}; all reading unless given",
    )
    create.add_argument("--owner", metavar="USER_ID", help="whose links alone it reaches")
    create.add_argument("--days", type=int, default=365, help="how long it works; 0 for ever")
    actions.add_parser("list", help="show keys, ended ones too")
    revoke = actions.add_parser("revoke", help="end a key for good")
    revoke.add_argument("key", help="the key or its first part, such as usher_0123456789ab")
    for action in actions.choices.values():
        action.add_argument("--guild", metavar="ID", required=True)
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Do it; 1 when it failed, 2 for wrong usage."""
    if not namespace.table:
        print("set TABLE_NAME or give --table", file=sys.stderr)
        return 2
    if not _is_id(namespace.guild) or not _is_id(getattr(namespace, "owner", None) or "1"):
        print("--guild and --owner are Discord's ids, digits alone", file=sys.stderr)
        return 2
    try:
        with closing(SignedClient(DYNAMODB, os.environ, credentials=operators)) as client:
            return _do(DynamoKeys(client, namespace.table), GuildId(namespace.guild), namespace)
    except FAILURES as error:
        print(f"usher keys: {error}", file=sys.stderr)
        return 1


def _do(keys: DynamoKeys, guild: GuildId, namespace: argparse.Namespace) -> int:
    match namespace.action:
        case "create":
            return _create(keys, guild, namespace)
        case "list":
            return _list(keys, guild)
        case _:
            return _revoke(keys, guild, namespace.key)


def _create(keys: DynamoKeys, guild: GuildId, namespace: argparse.Namespace) -> int:
    wish = KeyWish(
        guild_id=guild,
        name=namespace.name,
        scopes=read_scopes(namespace.scopes),
        owner_id=UserId(namespace.owner) if namespace.owner else None,
        days=namespace.days if namespace.days > 0 else None,
        by="cli",
        made_by=f"cli:{token_hex(16)}",
    )
    _, written = issue(keys, wish, token_urlsafe(32), datetime.now(UTC))
    print(written)
    print("keep it now: nobody can read it again", file=sys.stderr)
    return 0


def _list(keys: DynamoKeys, guild: GuildId) -> int:
    now = datetime.now(UTC)
    for key in keys.of_guild(guild):
        print("  ".join((f"usher_{key.prefix}", _status(key, now), key.name, *sorted(key.scopes))))
    return 0


def _revoke(keys: DynamoKeys, guild: GuildId, written: str) -> int:
    parts = read_key(written)
    prefix = parts[0] if parts else written.removeprefix("usher_")
    if not keys.revoke(guild, prefix, datetime.now(UTC)):
        print("the server has no such key", file=sys.stderr)
        return 1
    print(f"usher_{prefix} opens nothing any more")
    return 0


def _status(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if not key.live(now):
        return "expired"
    return "until " + (key.expires_at.date().isoformat() if key.expires_at else "revoked")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 20
