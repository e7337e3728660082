"""Names the referral API's adapters."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import crawleruseragents

from referral_api.cors import Cors
from referral_api.devices import device_of
from referral_api.door import ReferralDoor
from referral_api.pages import Pages
from referral_api.public import public_routes
from referral_api.tracking import tracking_routes
from referral_api.v1.bootstrap import build_rest
from usher.ids import GuildId
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.logging import get_logger
from usher.platform.settings import require
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.click_table import DynamoClicks
from usher.referrals.service import Landing, Visits
from usher.referrals.table import DynamoReferrals

INVITE_BASE = "https://discord.gg"


@dataclass(frozen=True, slots=True)
class GuildNames:
    """Guilds' names as the event worker last saw them."""

    reads: DynamoReads

    def name_of(self, guild_id: GuildId) -> str:
        """Read a guild's name; empty for a guild never seen."""
        head = self.reads.get((f"G#{guild_id}", "HEAD"))
        return str(head.get("guild_name") or "") if head else ""


@dataclass(frozen=True, slots=True)
class SharedInvites:
    """Every visitor gets the link's shared invite."""

    base: str

    def invite_url(self, landing: Landing, visitor: str) -> str | None:
        """Find the link's invite; None where it has none."""
        code = landing.link.invite
        return None if code is None else f"{self.base}/{code}"


def build(environ: Mapping[str, str]) -> ReferralDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    found = require(environ, "TABLE_NAME")
    client = SignedClient(DYNAMODB, environ)
    reads = DynamoReads(client, found["TABLE_NAME"])
    invite_base = (environ.get("DISCORD_INVITE_BASE") or INVITE_BASE).rstrip("/")
    visits = Visits(
        table=DynamoReferrals(client, found["TABLE_NAME"]),
        clicks=DynamoClicks(client, found["TABLE_NAME"]),
        clock=_now,
        new_id=lambda: secrets.token_hex(12),
        fresh_salt=lambda: secrets.token_bytes(32),
        is_crawler=crawleruseragents.is_crawler,
        device_of=device_of,
    )
    names, invitations = GuildNames(reads), SharedInvites(invite_base)
    pages = Pages((invite_base, "https://discord.com"))
    return ReferralDoor(
        (
            public_routes(visits, pages, names, invitations, environ.get("PUBLIC_URL", "")),
            tracking_routes(visits, names, invitations),
        ),
        get_logger(),
        build_rest(
            client,
            found["TABLE_NAME"],
            environ.get("PUBLIC_URL", ""),
            invite_base,
            _now,
            lambda: secrets.token_hex(16),
        ),
        Cors(visits.origins, frozenset(environ.get("API_ORIGINS", "").split())),
    )


def _now() -> datetime:
    return datetime.now(UTC)
