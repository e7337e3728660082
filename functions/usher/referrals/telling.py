"""Links and clicks written with the events that tell of them."""

from functools import partial

from usher.hooks.facts import click_recorded, link_created
from usher.referrals.clicks import Click
from usher.referrals.model import Campaign, Link
from usher.referrals.ports import ClickTable, KeptHooks, ReferralTable


def add_link(table: ReferralTable, hooks: KeptHooks, link: Link) -> None:
    """Write a new link; raises TakenError, and errors of the table."""
    event = link_created(link) if hooks.wanted(link.guild_id) else None
    table.add_link(link, event)
    if event is not None:
        hooks.hand_over(event)


def record_click(table: ClickTable, hooks: KeptHooks, campaign: Campaign, click: Click) -> Click:
    """Keep a click, and say what it counts as; raises errors of the table."""
    if not hooks.wanted(campaign.guild_id):
        return table.record(click)
    event = partial(click_recorded, campaign.guild_id, campaign.id)
    recorded = table.record(click, event)
    hooks.hand_over(event(recorded))
    return recorded
