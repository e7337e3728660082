"""Names the effects door's adapters."""

from collections.abc import Mapping

import urllib3

from effects.batch import EffectsDoor
from effects.doing import DiscordEffects
from usher.platform.discord_rest import DiscordRest
from usher.platform.logging import get_logger
from usher.platform.metrics import EmfMeter
from usher.platform.secrets import TokenSecret, secrets_client
from usher.platform.settings import DISCORD_API_BASE, region, require


def build(environ: Mapping[str, str]) -> EffectsDoor:
    """Build the door; raises SettingsError. Opens no connection."""
    names = require(environ, "DISCORD_TOKEN_SECRET")
    token = TokenSecret(secrets_client(region(environ)), names["DISCORD_TOKEN_SECRET"])
    base = (environ.get("DISCORD_API_BASE") or DISCORD_API_BASE).rstrip("/")
    return EffectsDoor(
        doer=DiscordEffects(DiscordRest(base, token, urllib3.PoolManager(maxsize=2))),
        log=get_logger(),
        meter=EmfMeter(environ.get("POWERTOOLS_SERVICE_NAME", "effects")),
    )
