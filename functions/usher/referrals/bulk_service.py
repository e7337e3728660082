"""Links made from many rows, in transactions of some each; all of them or none where asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Final, Protocol

from usher.hooks.facts import link_created
from usher.ids import GuildId
from usher.referrals.bulk import Plan, plan
from usher.referrals.bulk_model import Fault, Ground, Row
from usher.referrals.model import Link, LinkCode
from usher.referrals.ports import KeptHooks, ReferralTable, TakenError
from usher.slash.say import say

TOGETHER: Final = 33
"""Links of a transaction: each is a row of its own, one in the list and one for webhooks."""


class BulkTable(ReferralTable, Protocol):
    """Campaigns and links, many at a time. Every method may raise AwsError."""

    def known(self, codes: Sequence[LinkCode]) -> dict[LinkCode, Link]:
        """Read links of whatever guild by their codes."""
        ...

    def count_links(self, guild_id: GuildId) -> int:
        """Count a guild's links."""
        ...

    def add_links(self, links: Sequence[Link], *, told: bool) -> None:
        """Write up to TOGETHER links, or none: raises TakenError.

        `told` has an event written with each.
        """
        ...

    def drop_links(self, links: Sequence[Link]) -> None:
        """Take up to TOGETHER links back that were just written."""
        ...


@dataclass(frozen=True, slots=True)
class BulkLinks:
    """Makes links from rows. The same rows of the same import again make nothing twice."""

    table: BulkTable
    hooks: KeptHooks

    def codes(self, rows: Sequence[Row]) -> dict[LinkCode, Link]:
        """Read links that have the codes which rows name."""
        named = {one.strip() for row in rows if isinstance(one := row.get("code"), str)}
        return self.table.known([LinkCode(one) for one in sorted(named) if one])

    def run(self, rows: Sequence[Row], ground: Ground, *, atomic: bool, dry: bool) -> Plan:
        """Make the links, unless it is a trial, and say what became of every row.

        May raise AwsError; the same import again goes on where it ended.
        """
        wanted = plan(rows, ground)
        if atomic and wanted.failed:
            return wanted.skipped()
        if dry or not wanted.links:
            return wanted
        told = self.hooks.wanted(ground.guild_id)
        done: list[Link] = []
        for some in batched(wanted.links.items(), TOGETHER, strict=False):
            links = [link for _, link in some]
            try:
                self.table.add_links(links, told=told)
                done += links
            except TakenError:
                for row, link in some:
                    if self._one(link, told=told):
                        done.append(link)
                    else:
                        wanted = wanted.fail(row, Fault("code", say("The code is taken.")))
            if atomic and wanted.failed:
                self._take_back(done)
                return wanted.skipped()
        if told and len(done) <= TOGETHER:
            # Of more the clock tells, within minutes: nobody waits for a thousand messages.
            for link in done:
                self.hooks.hand_over(link_created(link))
        return wanted

    def _one(self, link: Link, *, told: bool) -> bool:
        """Write a single link; False where somebody else has the code."""
        try:
            self.table.add_links([link], told=told)
        except TakenError:
            there = self.table.link(link.code)
            return there is not None and there.made_by == link.made_by
        return True

    def _take_back(self, links: Sequence[Link]) -> None:
        for some in batched(links, TOGETHER, strict=False):
            self.table.drop_links(some)
