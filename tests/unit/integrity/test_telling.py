"""What admins are told fits a message, however much there is."""

from tests.builders import at
from usher.integrity.model import Kind, Known
from usher.integrity.telling import sentences

LONGEST = 2000
"""Characters of a message (Discord docs: Create Message)."""


def test_many_at_once_fit_a_message_and_the_rest_is_counted() -> None:
    some = [Known(Kind.MUTE, str(10**18 + n), "", at(0), at(0)) for n in range(100)]

    said = sentences(some, some)

    assert len(said) < LONGEST * 3 / 4  # other languages take more room
    assert "<@1000000000000000000> is muted" in said
    assert said.count("more.") == 2
