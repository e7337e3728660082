"""Replies are cut to Discord's limits, mention nobody and are never empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usher.slash import replies
from usher.slash.errors import AttachmentError
from usher.slash.replies import Embed, Field, File, Json, Reply

LONG = "x" * 9000
TEXT = st.text(max_size=30) | st.integers(0, 7000).map("y".__mul__)
EMBEDS = st.lists(
    st.builds(
        Embed,
        description=TEXT,
        title=TEXT,
        fields=st.lists(st.builds(Field, TEXT, TEXT, st.booleans()), max_size=30).map(tuple),
        footer=TEXT,
    ),
    max_size=12,
).map(tuple)


def embeds_of(reply: Reply) -> list[Json]:
    embeds = replies.message(reply)["embeds"]
    assert isinstance(embeds, list)
    return embeds


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_long_content_ends_in_an_ellipsis() -> None:
    content = replies.message(Reply(LONG))["content"]

    assert content == "x" * 1999 + "…"
    assert replies.message(Reply("x" * 2000))["content"] == "x" * 2000


def test_long_parts_of_an_embed_are_cut_one_by_one() -> None:
    [embed] = embeds_of(Reply(embeds=(Embed("a", LONG, (Field(LONG, LONG),), LONG),)))

    assert [len(embed[key]) for key in ("title", "description")] == [256, 1]  # type: ignore[arg-type] # texts
    assert embed["footer"] == {"text": "x" * 2047 + "…"}
    assert embed["fields"] == [
        {"name": "x" * 255 + "…", "value": "x" * 1023 + "…", "inline": False}
    ]


def test_at_most_25_fields_and_10_embeds_are_kept() -> None:
    many = tuple(Embed("d", fields=(Field("n", "v"),) * 30) for _ in range(12))

    kept = embeds_of(Reply(embeds=many))

    assert len(kept) == 10
    assert [len(texts(embed["fields"])) for embed in kept] == [50] * 10


@given(EMBEDS)
def test_all_embeds_together_stay_within_the_total(embeds: tuple[Embed, ...]) -> None:
    kept = embeds_of(Reply("c", embeds))

    assert sum(len(text) for text in texts(kept)) <= 6000
    assert all(text for text in texts(kept))


def test_an_empty_field_part_is_filled_with_a_blank() -> None:
    [embed] = embeds_of(Reply(embeds=(Embed(fields=(Field("", ""),)),)))

    assert embed["fields"] == [{"name": "\u200b", "value": "\u200b", "inline": False}]


def test_nobody_is_ever_mentioned() -> None:
    body = replies.answer(Reply("@everyone <@1> <@&2>"))["data"]

    assert isinstance(body, dict)
    assert body["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize(("of_reply", "of_command"), [(True, False), (False, True), (True, True)])
def test_ephemeral_is_asked_by_the_reply_or_the_declaration(
    of_reply: bool, of_command: bool
) -> None:
    body = replies.answer(Reply("x", ephemeral=of_reply), ephemeral=of_command)["data"]

    assert isinstance(body, dict)
    assert body["flags"] == 64


def test_the_plain_bodies() -> None:
    assert replies.pong() == {"type": 1}
    assert replies.deferral(ephemeral=False) == {"type": 5}
    assert replies.deferral(ephemeral=True) == {"type": 5, "data": {"flags": 64}}
    assert replies.deferred_update() == {"type": 6}
    assert replies.update(Reply("x"))["type"] == 7
    assert replies.suggestions() == {"type": 8, "data": {"choices": []}}
    assert replies.suggestions([("a", 1)] * 30)["data"] == {
        "choices": [{"name": "a", "value": 1}] * 25
    }


def test_an_empty_reply_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="empty"):
        Reply()


def test_files_only_follow_a_deferral() -> None:
    reply = Reply(files=(File("a.csv", b""),))

    with pytest.raises(AttachmentError):
        replies.answer(reply)
    with pytest.raises(AttachmentError):
        replies.update(reply)
    assert replies.message(reply)["attachments"] == [{"id": "0", "filename": "a.csv"}]
