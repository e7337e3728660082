"""A slash command answered later: what the interactions door hands to the command worker."""

import json
from typing import Final

from usher.contracts.errors import ContractError
from usher.frozen import frozen

DEFERRED_VERSION: Final = 1


@frozen
class DeferredCommand:
    """The verified interaction, whole: its token serves follow-ups for 15 minutes (Discord)."""

    interaction: dict[str, object]

    def encode(self) -> str:
        """Write it as the JSON body of a message to the commands queue."""
        body = {"v": DEFERRED_VERSION, "interaction": self.interaction}
        return json.dumps(body, separators=(",", ":"))

    @classmethod
    def decode(cls, body: str) -> "DeferredCommand":
        """Read the body of a commands message; raises ContractError for any other shape."""
        try:
            fields = json.loads(body)
        except json.JSONDecodeError as error:
            raise ContractError("not JSON") from error
        if not isinstance(fields, dict) or fields.get("v") != DEFERRED_VERSION:
            raise ContractError("not a deferred command of a known version")
        interaction = fields.get("interaction")
        if not isinstance(interaction, dict):
            raise ContractError("deferred command without its interaction")
        return cls(interaction)
