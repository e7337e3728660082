"""Webhooks hear of a conversion that counts, as one event however often it is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tests.builders import GUILD, at
from tests.referring import CODE, SPRING
from usher.contracts.hook_event import HookEvent, HookType
from usher.funnel.model import Conversion, Journey, Place, journey_id
from usher.funnel.telling import HookTeller
from usher.ids import GuildId, UserId

CONVERTED = Journey(
    GUILD,
    UserId("7"),
    at(0),
    place=Place(CODE, SPRING),
    conversion=Conversion(at(60), Decimal("2.50"), {"roles_assigned": 1}),
)


@dataclass
class FakeHooks:
    """Implements Hooks."""

    told: list[HookEvent] = field(default_factory=list)

    def wanted(self, guild_id: GuildId) -> bool:
        return guild_id == GUILD

    def emit(self, events: Sequence[HookEvent]) -> None:
        self.told += events


def test_a_conversion_is_one_event_with_what_is_known() -> None:
    hooks = FakeHooks()
    teller = HookTeller(hooks)

    teller.conversion_recorded(CONVERTED)
    teller.conversion_recorded(CONVERTED)

    first, second = hooks.told
    assert first == second
    assert (first.type, first.guild_id, first.at) == (
        HookType.CONVERSION_RECORDED,
        GUILD,
        at(60),
    )
    assert first.data == {
        "guild_id": GUILD,
        "conversion_id": journey_id(CONVERTED),
        "user_id": "7",
        "code": CODE,
        "campaign_id": SPRING,
        "value": "2.50",
        "metadata": {"roles_assigned": 1},
    }


def test_what_counts_for_nothing_is_not_told() -> None:
    hooks = FakeHooks()

    HookTeller(hooks).conversion_recorded(Journey(GUILD, UserId("7"), at(0)))

    assert hooks.told == []
