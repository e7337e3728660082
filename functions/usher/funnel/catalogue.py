"""The commands about the funnel: members of `/campaign` and `/referral`."""

from typing import Final

from usher.funnel.chain_commands import chain, turn_chain
from usher.funnel.held_commands import held, review_held, turn_held
from usher.funnel.hold_commands import holds
from usher.funnel.stats_commands import (
    campaign_stats,
    link_stats,
    switch_campaign,
    switch_link,
)
from usher.funnel.variant_commands import add, edit, list_, remove

EVERY: Final = (
    *(link_stats, campaign_stats, chain, held, holds),
    *(add, edit, remove, list_),
)
"""What a member can run."""

ACTIONS: Final = (switch_link, switch_campaign, turn_chain, turn_held, review_held)
