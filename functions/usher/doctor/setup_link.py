"""The last step of /setup: a campaign and its first link, as their commands make them."""

from dataclasses import replace

from usher.doctor.setup_asking import Services
from usher.doctor.setup_form import MADE
from usher.ids import ChannelId
from usher.referrals import campaign_commands, link_commands
from usher.slash.actions import action
from usher.slash.context import Ctx
from usher.slash.permissions import Permission
from usher.slash.replies import Reply


@action(MADE, defer=True, permissions=Permission.MANAGE_GUILD, anew=True)
def made(ctx: Ctx[Services]) -> Reply:
    """Make both, as `/campaign create` and `/referral create` do; told again, find both."""
    name = next(iter(ctx.answers.get("name", ())), "")
    channel = next(iter(ctx.answers.get("channel", ())), None)
    campaign_commands.create.run(
        ctx, name=name, channel=None if channel is None else ChannelId(channel)
    )
    # a second use of a command within one interaction: its deeds must not pass for the first's
    then = replace(ctx, interaction_id=f"{ctx.interaction_id}.link")
    reply = link_commands.create.run(then, campaign=ctx.interaction_id)
    if not isinstance(reply, Reply):
        raise TypeError("a deferred command answers with a reply")
    return reply
