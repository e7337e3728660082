"""What goes wrong between a declaration, an interaction and its answer."""


class DeclarationError(TypeError):
    """A command is declared wrongly; raised at import. `subject` is the function or group."""

    def __init__(self, subject: str, problem: str) -> None:
        super().__init__(f"{subject}: {problem}")
        self.subject = subject
        self.problem = problem


class UserError(Exception):
    """The member asked for something that cannot be done; `sentence` is what they may read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class MalformedError(ValueError):
    """An interaction is not shaped as Discord documents it; `part` says where."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


class AttachmentError(ValueError):
    """A reply with files as the first answer: files can only follow a deferral."""
