"""From settings and a scene to the message that is sent. Pure."""

from collections.abc import Mapping
from typing import Final

from usher.frozen import frozen
from usher.greeting.model import Scene
from usher.greeting.settings import Greeting, Occasion
from usher.greeting.values import values_of
from usher.ids import UserId
from usher.slash.replies import Embed, Json, Reply, message
from usher.slash.say import speaking
from usher.slash.template import render

BLURPLE: Final = 0x5865F2
MENTION: Final = "{member:mention}"


@frozen
class Draft:
    """A greeting ready to be sent, and the one person whom it may notify."""

    reply: Reply
    mention: UserId | None = None

    def body(self) -> Json:
        """Write the body of Discord's Create Message."""
        notified = [] if self.mention is None else [self.mention]
        mentions: dict[str, list[str]] = {"parse": []}
        if notified:
            mentions["users"] = [*notified]
        written = message(self.reply)
        kept = {key: written[key] for key in ("content", "embeds") if written[key]}
        return {**kept, "allowed_mentions": mentions}


def draft(greeting: Greeting, scene: Scene) -> Draft:
    """Put a greeting together, in the guild's language.

    A mention in an embed notifies nobody, so it also stands before one.
    """
    with speaking(greeting.locale):
        template, values = greeting.text, values_of(scene, greeting.locale)
    said = render(template, values) or "\u200b"
    mentions = greeting.occasion is Occasion.WELCOME and MENTION in template
    mention = scene.who.user_id if mentions else None
    if not greeting.embed:
        return Draft(Reply(said), mention)
    embed = Embed(
        description=said,
        title=render(greeting.title, _without_mentions(values)),
        color=BLURPLE if greeting.color is None else greeting.color,
        thumbnail=scene.who.avatar if greeting.thumbnail else "",
    )
    return Draft(Reply(values["member:mention"] if mentions else "", embeds=(embed,)), mention)


def _without_mentions(values: Mapping[str, str]) -> dict[str, str]:
    """Name whom Discord does not show as mentioned: titles hold bare text."""
    names = {"member:mention": values["member"], "inviter:mention": values["inviter"]}
    return {**values, **names}
