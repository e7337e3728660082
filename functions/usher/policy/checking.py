"""Which new invites are to be held against the policy. Pure."""

from hashlib import sha256

from usher.contracts.effect import CheckInvite
from usher.contracts.observation import InviteCreated, Observation
from usher.ids import ChannelId, GuildId, InviteCode
from usher.policy.rules import Policy, breaches_of_terms


def makes_invites(observation: Observation) -> bool:
    """Whether it tells of new invites, which are held against the policy."""
    return any(isinstance(event, InviteCreated) for event in observation.events)


def checks(
    observation: Observation, policy: Policy, notice_channel_id: ChannelId | None
) -> tuple[CheckInvite, ...]:
    """Say which invites made in an observation are to be held against the policy.

    What depends on the maker (roles, permissions, their other invites) is found out when it is
    done: only Discord knows it.
    """
    if not policy:
        return ()
    orders: list[CheckInvite] = []
    for event in observation.events:
        if not isinstance(event, InviteCreated):
            continue
        row, maker = event.invite, event.invite.inviter_id
        if maker is None:
            continue
        asks_maker = policy.role_id is not None or policy.most_active is not None
        if asks_maker or breaches_of_terms(policy, row.max_age, row.max_uses):
            orders.append(
                CheckInvite(
                    id=_effect_id(observation.guild_id, row.code),
                    guild_id=observation.guild_id,
                    code=row.code,
                    user_id=maker,
                    max_age=row.max_age,
                    max_uses=row.max_uses,
                    role_id=policy.role_id,
                    longest=policy.longest,
                    most_uses=policy.most_uses,
                    most_active=policy.most_active,
                    notice_channel_id=notice_channel_id,
                )
            )
    return tuple(orders)


def _effect_id(guild_id: GuildId, code: InviteCode) -> str:
    return sha256(f"policy|{guild_id}|{code}".encode()).hexdigest()[:25]
