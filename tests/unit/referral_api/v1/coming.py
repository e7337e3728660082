"""Members who came by a link, written into the table that the API is asked on."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from tests.builders import GUILD, at
from tests.fakes.cloud import TABLE
from tests.referring import CODE, SPRING, click
from tests.unit.referral_api.v1.asking import MEMBER, Api
from usher.funnel.model import (
    NO_TRACE,
    Conversion,
    Journey,
    Place,
    Signal,
    SignalKind,
    Standing,
    Trace,
    trace_of,
)
from usher.funnel.table import DynamoJourneys
from usher.ids import InviteCode, UserId
from usher.referrals.clicks import Click
from usher.referrals.invite_table import DynamoInviteRows
from usher.referrals.model import LinkCode

VISITOR = "ab" * 12
JOINED = at(60)
HELD = (Signal(SignalKind.FAST, 3, 10),)


def came(
    there: Api,
    user: str = MEMBER,
    joined_at: datetime = JOINED,
    code: LinkCode = CODE,
    **fields: object,
) -> Journey:
    """Have a member come, and go as far as the fields say."""
    rows = DynamoJourneys(there.client, TABLE)
    new = Journey(GUILD, UserId(user), joined_at)
    trace = fields.pop("trace", NO_TRACE)
    assert isinstance(trace, Trace)
    placed = replace(new, place=Place(code, SPRING, trace.variant), **fields)  # type: ignore[arg-type]
    rows.save(new, placed, trace)
    return replace(placed, version=1)


def clicked(there: Api, invite: str = "made1") -> Click:
    """Have a visitor click and get an invite."""
    one = there.clicks.record(click("c1", visitor=VISITOR, variant="bold", country="DE"))
    rows = DynamoInviteRows(there.client, TABLE)
    rows.remember(CODE, invite, trace_of(one), at(0))
    rows.keep(CODE, VISITOR, InviteCode(invite), at(600))
    return one


def converted(there: Api) -> Journey:
    """Have a visitor go the whole way."""
    one = clicked(there)
    won = Conversion(at(200), Decimal("2.50"), {"roles_assigned": 1})
    return came(
        there,
        trace=trace_of(one),
        invite=InviteCode("made1"),
        onboarded_at=at(100),
        conversion=won,
    )


def held(there: Api, user: str = MEMBER, seconds: float = 63) -> Journey:
    """Have a member convert so that it is held."""
    won = Conversion(at(seconds), Decimal(1), standing=Standing.HELD, signals=HELD)
    return came(there, user, conversion=won)
