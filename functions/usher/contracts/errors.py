"""What a reader of a message raises when the message is not what it should be."""


class ContractError(ValueError):
    """A message between rooms has a wrong version or shape; `reason` says which part."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
