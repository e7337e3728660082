"""What the person who did something sees of it."""

from dataclasses import dataclass, field

from infra.practice.content.body import EPHEMERAL
from infra.practice.interactions.records import Interaction, InteractionType, Phase
from infra.practice.json_types import JsonObject, as_objects

NOTICES = {
    InteractionType.COMMAND: "The application did not respond",
    InteractionType.COMPONENT: "This interaction failed",
    InteractionType.AUTOCOMPLETE: "Loading options failed",
    InteractionType.MODAL: "Something went wrong. Try again.",
}


def notice_of(interaction: Interaction) -> str | None:
    """Return what Discord's client shows in red; None where nothing failed."""
    return NOTICES[interaction.kind] if interaction.phase is Phase.FAILED else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The visible end of an interaction.

    `messages` are Discord message objects, the first answer before the follow-ups. `notice` is
    what Discord shows in red, `detail` why, for the developer. `phase` is `thinking` when a
    deferred answer had not come when the waiting ended.
    """

    interaction_id: str
    token: str
    phase: Phase
    messages: list[JsonObject] = field(default_factory=list)
    notice: str | None = None
    detail: str | None = None
    modal: JsonObject | None = None
    choices: list[JsonObject] = field(default_factory=list)
    acknowledged_after: float | None = None

    @property
    def message(self) -> JsonObject:
        """The first answer; empty where there is none."""
        return self.messages[0] if self.messages else {}

    @property
    def content(self) -> str:
        """The text of the first answer."""
        return str(self.message.get("content", ""))

    @property
    def embeds(self) -> list[JsonObject]:
        """The embeds of the first answer."""
        return as_objects(self.message.get("embeds"))

    @property
    def components(self) -> list[JsonObject]:
        """The components of the first answer."""
        return as_objects(self.message.get("components"))

    @property
    def attachments(self) -> list[JsonObject]:
        """The attachments of every message."""
        return [
            item for message in self.messages for item in as_objects(message.get("attachments"))
        ]

    @property
    def ephemeral(self) -> bool:
        """Whether only that person sees the first answer."""
        flags = self.message.get("flags")
        return isinstance(flags, int) and bool(flags & EPHEMERAL)
