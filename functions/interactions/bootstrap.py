"""Names the adapters of the interactions door. Builds clients; opens no sockets."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from interactions.door import Door
from interactions.services import Services
from interactions.verify import Verifier
from usher.indexing import directory
from usher.platform.cache import Cache
from usher.platform.cached_settings import Answer, CachedSettings
from usher.platform.container_credentials import credentials_of
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.logging import get_logger
from usher.platform.message_sender import SqsSender
from usher.platform.press_table import PressTable
from usher.platform.settings import require
from usher.platform.signed_http import DYNAMODB, SQS, SignedClient
from usher.slash.presses import Presses, new_token
from usher.slash.routes import Routes

NEEDED: Final = ("TABLE_NAME", "COMMANDS_QUEUE_URL", "EFFECTS_QUEUE_URL", "DISCORD_PUBLIC_KEY")
INITIALIZATION: Final = "AWS_LAMBDA_INITIALIZATION_TYPE"
SNAPSHOT: Final = "snap-start"
"""What is imported before a snapshot costs nothing when it is restored."""


def build(environ: Mapping[str, str], failed: Callable[[], None] = lambda: None) -> Door[Services]:
    """Build the door; raises SettingsError naming every variable that is missing.

    `failed` is told of each command that failed.
    """
    found = require(environ, *NEEDED)
    table_name = found["TABLE_NAME"]
    credentials = credentials_of(environ)
    dynamodb = SignedClient(DYNAMODB, environ, credentials=credentials)
    queues = SignedClient(SQS, environ, credentials=credentials)
    settings: Cache[str, Answer] = Cache()
    reads = DynamoReads(CachedSettings(dynamodb, settings), table_name)
    return Door(
        verifier=Verifier.from_hex(found["DISCORD_PUBLIC_KEY"]),
        router=Routes(directory(everything=environ.get(INITIALIZATION) == SNAPSHOT)),
        services=Services(reads, dynamodb, table_name, queues, found["EFFECTS_QUEUE_URL"]),
        deferrals=SqsSender(queues, found["COMMANDS_QUEUE_URL"]),
        presses=Presses(PressTable(dynamodb, table_name), new_token),
        clock=lambda: datetime.now(UTC),
        log=get_logger(),
        failed=failed,
    )
