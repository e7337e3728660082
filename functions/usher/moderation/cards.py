"""Cards in front of the moderators: reports and appeals, with buttons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from usher.contracts.case_effects import PostCard
from usher.moderation.order import Rulebook
from usher.moderation.panel_commands import panel
from usher.moderation.ports import Post
from usher.moderation.report_commands import close_report
from usher.moderation.settling import Trouble
from usher.slash import text
from usher.slash.buttons import Button, Row, Style
from usher.slash.presses import Presses
from usher.slash.replies import Embed, Field, Reply, message
from usher.slash.say import say, speaking

LIFE: Final = timedelta(days=14)
"""How long a card's buttons serve."""
COLOR: Final = 0xF0B232


@dataclass(frozen=True, slots=True)
class Cards:
    """Posts cards."""

    post: Post
    presses: Presses
    rulebook: Rulebook
    trouble: Trouble
    clock: Callable[[], datetime]

    def show(self, order: PostCard) -> None:
        """Post a card, once within minutes; raises ActError and errors of the table."""
        with speaking(self.rulebook.read(order.guild_id).locale):
            reply = card(order)
        drawn = self.presses.drawn(reply, order.guild_id, None, self.clock(), LIFE)
        body: Mapping[str, object] = message(drawn)
        if self.post.post(order.channel_id, body, order.id[:25]) is None:
            self.trouble.silent(order.guild_id, order.channel_id)


def card(order: PostCard) -> Reply:
    """Write a card."""
    if order.case is None:
        title, said = say("Report"), say("Report about {user}", user=text.user(order.user_id))
        rows: tuple[Row, ...] = panel(order.user_id, order.link)
    else:
        title = say("Appeal against case {number}", number=order.case)
        said = say(
            "{user} asks for another look. Decide with `/appeal decide case:{number}`.",
            user=text.user(order.user_id),
            number=order.case,
        )
        rows = ()
    fields = [Field(say("By"), text.user(order.by), inline=True)]
    if order.link:
        fields.append(Field(say("Message"), f"<{order.link}>"))
    embed = Embed(text.escape(order.text), title, tuple(fields), color=COLOR)
    close = Button(say("Seen to"), close_report.press(said=said, words=order.text), Style.SUCCESS)
    return Reply(said, (embed,), rows=(*rows, (close,)))
