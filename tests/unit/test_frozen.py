"""`@frozen` is the standard library's frozen dataclass with slots, made another way."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.frozen import frozen


@dataclass(frozen=True, slots=True)
class Standard:
    """The one to be like."""

    name: str
    secret: str = field(repr=False)
    size: int = 3
    tags: list[str] = field(default_factory=list, hash=False)
    note: str = field(default="", compare=False)


@frozen
class Ours:
    """The other."""

    name: str
    secret: str = field(repr=False)
    size: int = 3
    tags: list[str] = field(default_factory=list, hash=False)
    note: str = field(default="", compare=False)


@frozen
class Pair[T]:
    left: T
    right: T

    def __post_init__(self) -> None:
        if self.left == self.right:
            raise ValueError("two of a kind")

    def __repr__(self) -> str:
        return f"{self.left}/{self.right}"


@frozen
class Empty:
    pass


NAMES = ("name", "secret", "size", "tags", "note", "unknown")
GIVEN = st.tuples(
    st.lists(st.integers(0, 9), max_size=6),
    st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9)),
)


def made(kind: Callable[..., object], some: tuple[list[int], dict[str, int]]) -> object:
    try:
        return asdict(kind(*some[0], **some[1]))  # type: ignore[call-overload]
    except TypeError:
        return TypeError


@given(GIVEN)
def test_it_takes_what_the_standard_one_takes(some: tuple[list[int], dict[str, int]]) -> None:
    assert made(Ours, some) == made(Standard, some)


@given(GIVEN, GIVEN)
def test_equality_and_hash_are_the_standard_ones(
    one: tuple[list[int], dict[str, int]], two: tuple[list[int], dict[str, int]]
) -> None:
    if TypeError in (made(Standard, one), made(Standard, two)):
        return
    ours, standard = (
        [kind(*some[0], **some[1]) for some in (one, two)]  # type: ignore[arg-type]
        for kind in (Ours, Standard)
    )

    assert (ours[0] == ours[1]) is (standard[0] == standard[1])
    assert (hashed(ours[0]) == hashed(ours[1])) is (hashed(standard[0]) == hashed(standard[1]))


def hashed(one: object) -> int:
    return hash(one)


def test_it_says_what_it_is_without_its_secrets() -> None:
    assert repr(Ours("a", "hidden")) == "Ours(name='a', size=3, tags=[], note='')"


def test_nothing_of_it_can_be_changed() -> None:
    one: Any = Ours("a", "b")

    with pytest.raises(FrozenInstanceError):
        one.name = "c"
    with pytest.raises(FrozenInstanceError):
        del one.name
    with pytest.raises(AttributeError):
        one.other = 1


def test_the_standard_librarys_tools_know_it() -> None:
    one = Ours("a", "b", tags=["c"])

    assert [each.name for each in fields(one)] == list(NAMES[:-1])
    assert replace(one, size=4) == Ours("a", "b", 4, ["c"])
    assert copy.replace(one, size=4) == replace(one, size=4)
    assert copy.deepcopy(one) == one
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own
    match one:
        case Ours(name, _, size):
            assert (name, size) == ("a", 3)


def test_defaults_that_are_made_are_made_anew() -> None:
    assert Ours("a", "b").tags is not Ours("a", "b").tags


def test_things_of_two_kinds_are_not_equal() -> None:
    one: object = Empty()

    assert one != Pair(1, 2)


def test_methods_of_the_class_itself_stay() -> None:
    assert repr(Pair(1, 2)) == "1/2"
    with pytest.raises(ValueError, match="two of a kind"):
        Pair(1, 1)


@pytest.mark.parametrize("how", [field(default="", init=False), field(default="", kw_only=True)])
def test_what_it_does_not_know_is_refused(how: Any) -> None:  # noqa: ANN401 - a field
    with pytest.raises(TypeError, match="standard dataclass"):

        @frozen
        class Odd:
            name: str = how


def test_a_class_without_fields_is_one_too() -> None:
    assert Empty() == Empty()
    assert hash(Empty()) == hash(Empty())
