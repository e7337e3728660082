"""Campaigns, links and clicks in memory, kept honest by tests/integration/stores."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from usher.contracts.hook_event import HookEvent
from usher.funnel.model import Trace
from usher.hooks.facts import link_created
from usher.ids import GuildId, InviteCode
from usher.referrals.clicks import Click, ClickKind
from usher.referrals.model import Campaign, CampaignId, Counts, Link, LinkCode
from usher.referrals.ports import EventOf, StaleError, TakenError


@dataclass
class FakeInviteRows:
    """Implements InviteRows."""

    held: dict[tuple[LinkCode, str], tuple[InviteCode, datetime]] = field(default_factory=dict)
    traces: dict[tuple[LinkCode, str], Trace] = field(default_factory=dict)
    minutes: list[tuple[GuildId, datetime]] = field(default_factory=list)

    def mine(self, code: LinkCode, visitor: str, after: datetime) -> InviteCode | None:
        invite, ends = self.held.get((code, visitor), (None, after))
        return invite if ends > after else None

    def keep(self, code: LinkCode, visitor: str, invite: InviteCode, ends: datetime) -> None:
        self.held[code, visitor] = invite, ends

    def remember(self, code: LinkCode, who: str, trace: Trace, at: datetime) -> None:
        self.traces[code, who] = trace

    def made(self, guild_id: GuildId, now: datetime) -> int:
        first = now.replace(second=0, microsecond=0) - timedelta(minutes=10)
        return sum(guild == guild_id and at >= first for guild, at in self.minutes)

    def add(self, guild_id: GuildId, now: datetime) -> None:
        self.minutes.append((guild_id, now))


@dataclass
class FakeReferrals:
    """Implements ReferralTable and ClickTable."""

    held: dict[tuple[GuildId, CampaignId], Campaign] = field(default_factory=dict)
    by_code: dict[LinkCode, Link] = field(default_factory=dict)
    kept: dict[str, Click] = field(default_factory=dict)
    visits: dict[tuple[LinkCode, str, str], str] = field(default_factory=dict)
    salts: dict[date, bytes] = field(default_factory=dict)
    steps: dict[LinkCode, Counts] = field(default_factory=dict)
    """Of links whose members went further; in place of what was clicked."""
    told: list[HookEvent] = field(default_factory=list)
    """Events that were written with links and clicks."""

    def link(self, code: LinkCode) -> Link | None:
        found = self.by_code.get(code)
        return None if found is None else replace(found, counts=self._counts(code))

    def links(self, guild_id: GuildId) -> tuple[Link, ...]:
        found = [one for code in self.by_code if (one := self.link(code)) is not None]
        mine = [one for one in found if one.guild_id == guild_id]
        return tuple(sorted(mine, key=lambda one: one.created_at, reverse=True))

    def campaign(self, guild_id: GuildId, campaign_id: CampaignId) -> Campaign | None:
        return self.held.get((guild_id, campaign_id))

    def campaigns(self, guild_id: GuildId) -> tuple[Campaign, ...]:
        mine = [one for (guild, _), one in self.held.items() if guild == guild_id]
        return tuple(sorted(mine, key=lambda one: (one.created_at, one.id)))

    def add_campaign(self, campaign: Campaign) -> None:
        if (campaign.guild_id, campaign.id) in self.held:
            raise TakenError
        self.held[campaign.guild_id, campaign.id] = campaign

    def change_campaign(self, campaign: Campaign) -> None:
        before = self.held.get((campaign.guild_id, campaign.id))
        if before is None or before.version != campaign.version - 1:
            raise StaleError
        self.held[campaign.guild_id, campaign.id] = campaign

    def add_link(self, link: Link, event: HookEvent | None = None) -> None:
        if link.code in self.by_code:
            raise TakenError
        self.by_code[link.code] = link
        self.told += [] if event is None else [event]

    def known(self, codes: Sequence[LinkCode]) -> dict[LinkCode, Link]:
        return {code: one for code in codes if (one := self.link(code)) is not None}

    def count_links(self, guild_id: GuildId) -> int:
        return len(self.links(guild_id))

    def add_links(self, links: Sequence[Link], *, told: bool) -> None:
        if any(one.code in self.by_code for one in links):
            raise TakenError
        for one in links:
            self.add_link(one, link_created(one) if told else None)

    def drop_links(self, links: Sequence[Link]) -> None:
        for one in links:
            self.by_code.pop(one.code, None)
            self.told = [event for event in self.told if event != link_created(one)]

    def change_link(self, link: Link) -> None:
        before = self.by_code.get(link.code)
        if before is None or before.version != link.version - 1:
            raise StaleError
        self.by_code[link.code] = link

    def salt(self, day: date, fresh: bytes) -> bytes:
        return self.salts.setdefault(day, fresh)

    def record(self, click: Click, event: EventOf | None = None) -> Click:
        if click.kind is ClickKind.HUMAN:
            hour = click.at.astimezone(UTC).strftime("%Y-%m-%dT%H")
            first = self.visits.setdefault((click.code, click.visitor, hour), click.id)
            if first != click.id:
                click = replace(click, kind=ClickKind.REPEAT)
        self.kept[click.id] = click
        self.told += [] if event is None else [event(click)]
        return click

    def clicks(self, code: LinkCode, since: datetime, limit: int) -> tuple[Click, ...]:
        found = [one for one in self.kept.values() if one.code == code and one.at >= since]
        return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:limit])

    def _counts(self, code: LinkCode) -> Counts:
        if code in self.steps:
            return self.steps[code]
        kinds = Counter(one.kind for one in self.kept.values() if one.code == code)
        return Counts(kinds[ClickKind.HUMAN], kinds[ClickKind.BOT], kinds[ClickKind.REPEAT])
