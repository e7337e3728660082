"""Names the adapters of onboardings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from usher.funnel.table import DynamoJourneys
from usher.greeting.discord_people import DiscordPeople, DiscordPost
from usher.greeting.drafts import Drafts
from usher.onboarding.discord_lobby import DiscordLobby
from usher.onboarding.giving import RoleGiving
from usher.onboarding.office import Office
from usher.onboarding.outcome_table import DynamoOutcomes
from usher.onboarding.ports import Recorder
from usher.onboarding.settling import Settling
from usher.onboarding.table import DynamoSessions
from usher.onboarding.welcoming import Welcoming
from usher.platform.discord_rest import DiscordRest
from usher.platform.press_table import PressTable
from usher.platform.signed_http import SignedClient
from usher.platform.sqs_sender import EffectSender
from usher.referrals.table import DynamoReferrals
from usher.rewards.discord_hall import DiscordHall
from usher.rewards.store import DynamoRewardRows
from usher.rewards.trouble import Trouble
from usher.slash.presses import Presses, new_token


@dataclass(frozen=True, slots=True)
class Parts:
    """What the door has made already."""

    dynamodb: SignedClient
    table: str
    rest: DiscordRest
    rows: DynamoRewardRows
    hall: DiscordHall
    orders: EffectSender
    trouble: Trouble
    drafts: Drafts
    recorder: Recorder
    clock: Callable[[], datetime]


def office(parts: Parts) -> Office:
    """Build what does onboardings."""
    sessions = DynamoSessions(parts.dynamodb, parts.table)
    referrals = DynamoReferrals(parts.dynamodb, parts.table)
    giving = RoleGiving(parts.rows, parts.hall, parts.trouble, sessions, parts.orders, parts.clock)
    post = DiscordPost(parts.rest, parts.trouble.silent)
    welcoming = Welcoming(
        sessions=sessions,
        arrivals=DynamoJourneys(parts.dynamodb, parts.table),
        referrals=referrals,
        drafts=parts.drafts,
        people=DiscordPeople(parts.rest),
        door=DiscordLobby(parts.rest, parts.hall, post, parts.clock),
        presses=Presses(PressTable(parts.dynamodb, parts.table), new_token),
        problems=parts.trouble,
        orders=parts.orders,
        outcomes=DynamoOutcomes(parts.dynamodb, parts.table),
        clock=parts.clock,
    )
    settling = Settling(
        sessions=sessions,
        referrals=referrals,
        recorder=parts.recorder,
        giving=giving,
        discord=parts.hall,
        settings=parts.rows,
        silent=parts.trouble.silent,
        clock=parts.clock,
    )
    return Office(welcoming, settling, giving)
