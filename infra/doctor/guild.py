"""One server as `/doctor` sees it, from the operator's side: the same probes and rules."""

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime

import urllib3

from infra.doctor.place import Place, PlaceError
from usher.channels.discord_channels import DiscordChannels
from usher.doctor.discord_probe import RestProbe
from usher.doctor.examining import GuildDoctor
from usher.doctor.model import Finding
from usher.doctor.table_probe import DynamoProbe
from usher.hooks.endpoint_table import DynamoEndpoints
from usher.ids import GuildId
from usher.platform.discord_rest import DiscordRest
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.secrets import TokenSecret
from usher.platform.signed_http import DYNAMODB, SignedClient
from usher.referrals.table import DynamoReferrals
from usher.rewards.discord_hall import DiscordHall
from usher.rewards.reads import DynamoRewardReads


def examine_guild(place: Place, guild_id: GuildId, now: datetime) -> Iterable[Finding]:
    """Find everything about a guild; raises PlaceError."""
    layout = place.layout
    name = layout.parameters.get("DiscordTokenSecretName", "")
    base = layout.parameters.get("DiscordApiBase", "").rstrip("/")
    if not (name and base and "TableName" in layout.outputs):
        raise PlaceError(f"{place.stack} is no stack of Usher's.")
    token = TokenSecret(place.client("secretsmanager"), name)
    rest = DiscordRest(base, token, urllib3.PoolManager())
    halls = DiscordHall(rest, lambda: datetime.now(UTC))
    client = SignedClient(DYNAMODB, place.environ(), credentials=place.credentials)
    with closing(client):
        table = DynamoReads(client, layout.outputs["TableName"])
        books = DynamoProbe(
            table,
            DynamoReferrals(client, table.table),
            DynamoRewardReads(table),
            DynamoEndpoints(client, table.table),
        )
        doctor = GuildDoctor(RestProbe(rest, DiscordChannels(rest), halls), books)
        return doctor.examine(guild_id, now)
