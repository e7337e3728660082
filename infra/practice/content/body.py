"""A message body as sent by the application, checked against Discord's limits."""

from dataclasses import dataclass, field

from infra.practice.content.components import IS_COMPONENTS_V2, read_components
from infra.practice.content.embeds import read_embeds
from infra.practice.errors import EMPTY_MESSAGE, ApiError
from infra.practice.forms import Form
from infra.practice.json_types import Json, JsonObject, as_objects

CONTENT_LIMIT = 2_000
FILES_PER_MESSAGE = 10
FILE_BYTES = 10 * 1024 * 1024
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12
_SETTABLE = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request in `field`; `slot` is its n in `files[n]`."""

    filename: str
    content_type: str
    content: bytes
    slot: int = 0
    description: str | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class MessageBody:
    """What a message is to hold. `present` names the fields that the sender gave.

    `kept_attachment_ids` are the attachments that an edit keeps; None keeps them all.
    """

    content: str
    embeds: list[JsonObject]
    components: list[JsonObject]
    flags: int
    ephemeral: bool
    tts: bool
    allowed_mentions: Json
    uploads: list[Upload] = field(default_factory=list)
    kept_attachment_ids: list[str] | None = None
    present: frozenset[str] = frozenset()
    nonce: str | None = None
    enforce_nonce: bool = False
    reference_id: str | None = None


def read_body(
    fields: JsonObject, uploads: list[Upload] | None = None, *, editing: bool = False
) -> MessageBody:
    """Check a body; 50035 names what is wrong, 50006 says that a new message would be empty."""
    form = Form(fields)
    files = uploads or []
    asked = form.integer("flags", 0, 2**31 - 1, 0)
    flags = asked & _SETTABLE
    content = form.text("content", CONTENT_LIMIT)
    embeds = read_embeds(fields.get("embeds"), form.errors)
    layout = bool(flags & IS_COMPONENTS_V2)
    components = read_components(fields.get("components"), form.errors, layout=layout)
    if layout and (content or embeds):
        form.errors.add(
            "flags",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            "The 'content' and 'embeds' fields cannot be used with IS_COMPONENTS_V2",
        )
    if len(files) > FILES_PER_MESSAGE:
        form.errors.too_long("attachments", FILES_PER_MESSAGE)
    nonce = form.text("nonce", 25) or None
    body = MessageBody(
        content=content.strip(),
        embeds=embeds,
        components=components,
        flags=flags,
        ephemeral=bool(asked & EPHEMERAL),
        tts=form.boolean("tts"),
        allowed_mentions=fields.get("allowed_mentions"),
        uploads=_described(files, fields),
        kept_attachment_ids=_kept(fields),
        present=frozenset(fields),
        nonce=nonce,
        enforce_nonce=form.boolean("enforce_nonce"),
        reference_id=_reference(fields),
    )
    form.check()
    if not editing and not (body.content or embeds or components or files):
        raise ApiError(EMPTY_MESSAGE)
    return body


def _described(files: list[Upload], fields: JsonObject) -> list[Upload]:
    told = {str(item.get("id")): item for item in as_objects(fields.get("attachments"))}
    described: list[Upload] = []
    for file in files:
        entry = told.get(str(file.slot), {})
        described.append(
            Upload(
                filename=str(entry.get("filename") or file.filename),
                content_type=file.content_type,
                content=file.content,
                description=str(entry["description"]) if entry.get("description") else None,
            )
        )
    return described


def _kept(fields: JsonObject) -> list[str] | None:
    if fields.get("attachments") is None:
        return None
    return [str(item.get("id")) for item in as_objects(fields["attachments"])]


def _reference(fields: JsonObject) -> str | None:
    reference = fields.get("message_reference")
    if isinstance(reference, dict) and reference.get("message_id") is not None:
        return str(reference["message_id"])
    return None
