"""Discord's rules: bodies, words, and what changes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.automod.changing import change_to, existing, with_exempt, with_words, words_of
from usher.automod.rules import (
    Rule,
    Trigger,
    Wanted,
    body_of,
    keywords_of,
    matching,
    mentioned,
    without,
)
from usher.ids import ChannelId, RoleId

WORDS = st.lists(st.text("abcd* é", min_size=1, max_size=8), max_size=8)


def rule(trigger: Trigger = Trigger.KEYWORD, **fields: object) -> Rule:
    return Rule("1", "Words", int(trigger), enabled=True, **fields)  # type: ignore[arg-type]


def worded(*words: str) -> Rule:
    return rule(keywords=words, metadata={"keyword_filter": [*words], "allow_list": ["fine"]})


@pytest.mark.parametrize(
    ("keyword", "said", "found"),
    [
        ("cat", "a cat", True),
        ("cat", "catch", False),
        ("cat", "Cat!", True),
        ("cat*", "a CATch", True),
        ("cat*", "wildcat", False),
        ("*cat", "wildcat", True),
        ("*cat", "location", False),
        ("*cat*", "location", True),
        ("the mat", "on the mat.", True),
        ("the mat", "the matrix", False),
        ("c++", "i like c++ a lot", True),
        ("a.b", "axb", False),
    ],
)
def test_words_match_as_discord_has_it(keyword: str, said: str, found: bool) -> None:
    assert matching([keyword], said) == ((keyword,) if found else ())


@given(st.text("abc *.+(", min_size=1, max_size=12).filter(lambda one: one.strip("* ")))
def test_any_word_finds_itself_whatever_the_case(word: str) -> None:
    core = word.strip("*")
    assert matching([word], f"- {core.upper()} -") == (word,)


@given(WORDS)
def test_words_are_read_once_each_and_in_order(words: list[str]) -> None:
    read = keywords_of(", ".join(words))
    assert keywords_of("\n".join(read)) == read
    assert len(set(read)) == len(read)
    assert all(one == one.lower() and one.strip("*") for one in read)


def test_what_is_let_pass_is_taken_out_first() -> None:
    assert without(["scunthorpe"], "in Scunthorpe") == "in  "
    assert matching(["*thorpe*"], without(["scunthorpe"], "in Scunthorpe")) == ()


def test_each_member_and_role_is_mentioned_once() -> None:
    assert mentioned("<@1> <@!1> <@&2> <#3> @everyone <@x>") == 2


@pytest.mark.parametrize("trigger", list(Trigger))
def test_a_new_rule_does_what_its_kind_allows(trigger: Trigger) -> None:
    body = body_of(Wanted("x", trigger, ("cat",), 5, (1,), ChannelId("9"), "no"))
    kinds = [one["type"] for one in body["actions"]]  # type: ignore[attr-defined]
    assert kinds == ([4, 2] if trigger is Trigger.PROFILE else [1, 2])
    assert body["event_type"] == (2 if trigger is Trigger.PROFILE else 1)
    assert body["enabled"] is True


def test_the_rule_of_a_wish_is_the_only_one_of_its_kind_or_that_of_its_name() -> None:
    words, spam = worded("cat"), rule(Trigger.SPAM)
    assert existing([words, spam], Trigger.SPAM, "any") is spam
    assert existing([words, spam], Trigger.KEYWORD, "WORDS") is words
    assert existing([words, spam], Trigger.KEYWORD, "other") is None
    assert existing([words], Trigger.PROFILE, "Words") is None


def test_a_change_leaves_what_it_is_not_about() -> None:
    held = worded("cat")
    body = change_to(held, Wanted("x", Trigger.KEYWORD, ("CAT", "dog")))
    metadata = {"keyword_filter": ["cat", "dog"], "allow_list": ["fine"]}
    assert body == {"trigger_metadata": metadata}
    assert change_to(held, Wanted("x", Trigger.KEYWORD, ("CAT",))) == {}


def test_an_alert_and_a_message_are_put_in_the_place_of_the_old() -> None:
    block = {"type": 1, "metadata": {"custom_message": "old"}}
    alert, mute = {"type": 2, "metadata": {"channel_id": "8"}}, {"type": 3, "metadata": {"d": 1}}
    held = rule(Trigger.SPAM, does=(block, alert, mute))
    wanted = Wanted("x", Trigger.SPAM, alert_channel_id=ChannelId("9"), message="new")
    new = [
        {"type": 1, "metadata": {"custom_message": "new"}},
        mute,
        {"type": 2, "metadata": {"channel_id": "9"}},
    ]
    assert change_to(held, wanted) == {"actions": new}
    assert change_to(rule(Trigger.SPAM, does=tuple(new)), wanted) == {}


@given(WORDS, WORDS, WORDS)
def test_words_are_added_and_removed_whatever_the_case(
    held: list[str], add: list[str], remove: list[str]
) -> None:
    before = worded(*dict.fromkeys(held))
    body = with_words(before, add, [one.upper() for one in remove])
    after = words_of(body) if body else [*before.keywords]
    assert after is not None
    assert set(after) >= set(add)
    assert not {*after} & ({*remove} - {*add})
    assert with_words(worded(*after), add, []) == {}


@given(st.lists(st.text("12", min_size=1, max_size=2), unique=True), st.text("12", min_size=1))
def test_whom_a_rule_leaves_alone_is_held_once(held: list[str], one: str) -> None:
    roles = [RoleId(other) for other in held]
    added = with_exempt(roles, RoleId(one), remove=False)
    assert added.count(RoleId(one)) == 1
    assert with_exempt(added, RoleId(one), remove=True) == [
        other for other in roles if other != one
    ]
