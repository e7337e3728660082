"""What the listener's own parts raise."""


class ObserveError(ValueError):
    """A payload from Discord is not what its documentation says; `reason` names the field."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SettingsError(ValueError):
    """The environment lacks names or holds wrong values; `problems` has one sentence for each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class RefusedError(Exception):
    """Discord or AWS will not let this listener run; trying again would not help.

    `sentence` says to an administrator what is wrong and where to put it right.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
