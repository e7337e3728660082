"""A guild's day, with everything that the event worker must get right, and its outcome."""

from tests.builders import (
    GUILD,
    changed,
    granted,
    joined,
    left,
    look,
    observe,
    recount,
    removal,
    row,
    searched,
    upgraded,
    vanity,
)
from tests.fakes.guilds import FakeGuilds
from tests.fakes.worker import Worker
from usher.attribution.ports import GuildSettings
from usher.contracts.observation import Observation
from usher.ids import ChannelId


def story() -> tuple[Observation, ...]:
    """Return observations that make every kind of line and several transactions each."""
    rows = (row("abc", 3), row("def", 0, "901"), row("one", 0, "902", max_uses=1))
    return (
        observe(look=look(*rows, seconds=-700), vanity=vanity("cool", 5, -700), seconds=-700),
        # a join by a code, and one by the vanity code
        observe(
            joined("1", 10),
            look=look(row("abc", 4), row("def", 0, "901"), row("one", 0, "902", 1), seconds=11),
            vanity=vanity("cool", 5, 11),
            seconds=11,
        ),
        observe(
            joined("2", 20),
            look=look(row("abc", 4), row("def", 0, "901"), row("one", 0, "902", 1), seconds=21),
            vanity=vanity("cool", 6, 21),
            seconds=21,
        ),
        # a burst by one code, some of it leaving and one coming back at once, and a bot
        observe(
            *(joined(str(100 + n), 30 + n / 10) for n in range(6)),
            left("101", 31),
            joined("103", 32),
            left("1", 32.5),
            joined("55", 33, bot=True),
            left("104", 31),
            joined("104", 38),
            left("104", 38.5),
            look=look(row("abc", 12), row("def", 0, "901"), row("one", 0, "902", 1), seconds=39),
            seconds=39,
        ),
        # two joins by two codes of two inviters: open, but both inviters are credited
        observe(
            joined("200", 40),
            joined("201", 41),
            look=look(row("abc", 13), row("def", 1, "901"), row("one", 0, "902", 1), seconds=42),
            seconds=42,
        ),
        observe(left("200", 45), left("999", 46), seconds=46),
        # why one of them went is told after
        observe(removal(20, "200", 45.1), seconds=47),
        # no look yet, then the one that explains
        observe(joined("300", 50), seconds=50),
        observe(
            look=look(row("abc", 13), row("def", 2, "901"), row("one", 0, "902", 1), seconds=52),
            seconds=52,
        ),
        # a join that arrives late takes its turn with one that was thought to be explained
        observe(joined("301", 51.5), seconds=53),
        # the limited code vanishes with its last use
        observe(
            joined("400", 60),
            look=look(row("abc", 13), row("def", 2, "901"), seconds=61),
            seconds=61,
        ),
        # a rejoin whose leave was missed
        observe(
            joined("2", 70),
            look=look(row("abc", 14), row("def", 2, "901"), seconds=71),
            seconds=71,
        ),
        # an admin adds invites, takes all added ones away again, changes settings and records an
        # upgrade twice
        observe(
            granted("900", 5, "a", 80),
            granted("900", None, "b", 81),
            granted("901", -2, "c", 82),
            changed("guild#members_search", "off", "d", 83),
            changed("guild#join_log_channel_id", "5", "e", 84),
            changed("guild#join_log_channel_id", None, "f", 85),
            upgraded("105", "900", "g", 85.5),
            upgraded("105", "900", "h", 85.6),
            seconds=86,
        ),
        # rules change, tracking is off for a moment, and the past is judged again
        observe(
            changed("fake#rejoin", "on", "i", 86.2),
            changed("fake#default_avatar", "on", "j", 86.3),
            changed("guild#tracking", "off", "k", 86.4),
            changed("guild#tracking", None, "l", 86.5),
            seconds=87,
        ),
        observe(recount("2", "101", "105", "200", "400", "999", seconds=87.5), seconds=88),
        # Discord's own record agrees with counting, and chooses where counting could not
        observe(searched("105", 30.5, "abc", "900"), searched("200", 40, "def", "901"), seconds=90),
    )


def told(worker: Worker) -> Worker:
    """Give the guild a channel for its join log."""
    assert isinstance(worker.guilds, FakeGuilds)
    worker.guilds.configured[GUILD] = GuildSettings(ChannelId("77"), webhooks=True)
    return worker


def outcome(worker: Worker) -> dict[str, object]:
    """What must be the same however the story was disturbed."""
    assert isinstance(worker.guilds, FakeGuilds)
    guild = worker.guilds.guilds[GUILD]
    return {
        "ledger": worker.objects.under(""),
        "head": guild.head,
        "burst": guild.burst,
        "codes": {code: held.now for code, held in guild.codes.items()},
        "members": {user: held.now for user, held in guild.members.items()},
        "counters": guild.counters,
        "accuracy": guild.accuracy,
        "settings": guild.settings,
        "counted": guild.counted,
        "closed": guild.closed,
        "gone": guild.gone,
        "marks": worker.guilds.marks,
        "effects": worker.effects.done(),
        "asked": worker.confirmations.asked(),
        "told": worker.hooks.told(),
    }
