"""What a command answers, and the bodies that Discord takes for it.

Everything is cut to Discord's limits (docs: Create Message, Embed Limits), never refused for
length, and nothing ever mentions anybody: `allowed_mentions` is always `{"parse": []}`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from usher.frozen import frozen
from usher.slash.buttons import Row
from usher.slash.errors import AttachmentError
from usher.slash.text import cut
from usher.times import format_time

type Json = dict[str, object]

CONTENT_LIMIT: Final = 2000
EMBEDS_LIMIT: Final = 10
TITLE_LIMIT: Final = 256
DESCRIPTION_LIMIT: Final = 4096
FIELDS_LIMIT: Final = 25
FIELD_NAME_LIMIT: Final = 256
FIELD_VALUE_LIMIT: Final = 1024
FOOTER_LIMIT: Final = 2048
ALT_LIMIT: Final = 1024
"""Characters of an attachment's description."""
TOTAL_LIMIT: Final = 6000
"""Characters of all embeds of one message together."""

EPHEMERAL: Final = 1 << 6
"""Message flag: only the member who asked sees it."""
BLANK: Final = "\u200b"
"""Stands for an empty field part, which Discord refuses."""


@frozen
class Field:
    """A titled part of an embed."""

    name: str
    value: str
    inline: bool = False


@frozen
class Embed:
    """A framed block of a message. Mentions render in `description` and field values only."""

    description: str = ""
    title: str = ""
    fields: tuple[Field, ...] = ()
    footer: str = ""
    color: int | None = None
    timestamp: datetime | None = None
    image: str = ""
    """Name of a file of the same reply that is shown large."""
    thumbnail: str = ""
    """Address of a picture in the corner."""


@frozen
class File:
    """An attachment, whole in memory."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    description: str = ""
    """What an image shows, for those who do not see it."""


@frozen
class Reply:
    """The answer of a command; at least one part must be there (Discord refuses empty messages).

    `rows` hold buttons; the door draws them as `components`, in Discord's own shape, when it has
    given them their ids (presses.py).
    """

    content: str = ""
    embeds: tuple[Embed, ...] = ()
    ephemeral: bool = False
    files: tuple[File, ...] = ()
    components: tuple[Mapping[str, object], ...] = ()
    rows: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        if not (self.content or self.embeds or self.files or self.components or self.rows):
            raise ValueError("an empty reply")


def sentence(text: str) -> Reply:
    """Answer one sentence that only the member who asked sees."""
    return Reply(content=text, ephemeral=True)


def message(reply: Reply) -> Json:
    """Write the body of a message, without flags: what a webhook edit takes.

    Parts that are left out are emptied, since an edit keeps what it is not told. Raises ValueError
    for buttons without ids.
    """
    if reply.rows:
        raise ValueError("buttons without ids")
    body: Json = {
        "content": cut(reply.content, CONTENT_LIMIT),
        "embeds": _embeds(reply.embeds[:EMBEDS_LIMIT]),
        "components": [dict(component) for component in reply.components],
        "allowed_mentions": {"parse": []},
    }
    if reply.files:
        body["attachments"] = [_attachment(index, file) for index, file in enumerate(reply.files)]
    return body


def _attachment(index: int, file: File) -> Json:
    body: Json = {"id": str(index), "filename": file.name}
    if file.description:
        body["description"] = cut(file.description, ALT_LIMIT)
    return body


def pong() -> Json:
    """Answer a PING."""
    return {"type": 1}


def answer(reply: Reply, *, ephemeral: bool = False) -> Json:
    """Answer with a message now (type 4). Raises AttachmentError for a reply with files."""
    if reply.files:
        raise AttachmentError
    data = message(reply)
    if reply.ephemeral or ephemeral:
        data["flags"] = EPHEMERAL
    return {"type": 4, "data": data}


def deferral(*, ephemeral: bool) -> Json:
    """Say that the message follows within 15 minutes (type 5); its flag cannot change later."""
    return {"type": 5, "data": {"flags": EPHEMERAL}} if ephemeral else {"type": 5}


def deferred_update() -> Json:
    """Acknowledge a component whose message is edited later (type 6)."""
    return {"type": 6}


def update(reply: Reply) -> Json:
    """Edit the message that carries the pressed component (type 7)."""
    if reply.files:
        raise AttachmentError
    return {"type": 7, "data": message(reply)}


def suggestions(choices: Iterable[tuple[str, str | int | float]] = ()) -> Json:
    """Answer an autocomplete with up to 25 (name, value) pairs (type 8)."""
    offered = [{"name": cut(name, 100), "value": value} for name, value in choices]
    return {"type": 8, "data": {"choices": offered[:25]}}


def _embeds(embeds: tuple[Embed, ...]) -> list[Json]:
    budget = _Budget(TOTAL_LIMIT)
    return [_embed(embed, budget) for embed in embeds]


class _Budget:
    """Characters left for the embeds of one message."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, text: str, limit: int) -> str:
        kept = cut(text, min(limit, self._left))
        self._left -= len(kept)
        return kept

    def holds(self, needed: int) -> bool:
        return self._left >= needed


def _embed(embed: Embed, budget: _Budget) -> Json:
    body: Json = {
        "title": budget.take(embed.title, TITLE_LIMIT),
        "description": budget.take(embed.description, DESCRIPTION_LIMIT),
        "footer": {"text": footer} if (footer := budget.take(embed.footer, FOOTER_LIMIT)) else None,
        "color": embed.color,
        "thumbnail": {"url": embed.thumbnail} if embed.thumbnail else None,
        "timestamp": None if embed.timestamp is None else format_time(embed.timestamp),
        "image": {"url": f"attachment://{embed.image}"} if embed.image else None,
    }
    fields: list[Json] = []
    for field in embed.fields[:FIELDS_LIMIT]:
        name = field.name or BLANK
        # A field needs both its parts; one that would lose its value is left out whole.
        if not budget.holds(min(len(name), FIELD_NAME_LIMIT) + 1):
            break
        fields.append(
            {
                "name": budget.take(name, FIELD_NAME_LIMIT),
                "value": budget.take(field.value or BLANK, FIELD_VALUE_LIMIT),
                "inline": field.inline,
            }
        )
    body["fields"] = fields
    return {key: value for key, value in body.items() if value not in (None, "", [])}
