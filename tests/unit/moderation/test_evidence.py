"""Files that moderators show: a copy is kept, and moderators alone reach it."""

from tests.fakes.court import MEMBER, OWNER
from tests.unit.moderation.bar import Bar, button
from usher.moderation.case_commands import evidence, view
from usher.moderation.evidence_commands import show_file
from usher.moderation.history_commands import myhistory
from usher.moderation.sanction_commands import warn
from usher.slash.context import Ctx
from usher.slash.resolved import AttachmentId, ResolvedAttachment

URL = "https://cdn.discordapp.com/ephemeral-attachments/1/2/proof.png?ex=3"
FILE = AttachmentId("77")
KEY = f"evidence/guild=613425648685547541/user={MEMBER}/77"


def with_file(bar: Bar, name: str = "proof.png", attachment: AttachmentId = FILE) -> Ctx[Bar]:
    file = ResolvedAttachment(attachment, name, URL, 10, "image/png")
    return bar.ctx(files={attachment: file})


def test_a_file_is_copied_and_reached_from_the_case() -> None:
    bar = Bar()
    bar.trial.files.there.add(URL)

    said = bar.ask(warn, MEMBER, "spam", evidence=FILE, ctx=with_file(bar))

    assert bar.trial.files.copies == {KEY}
    assert "could not keep" not in said
    assert URL not in said
    shown = bar.reply(view, 1)
    handed = bar.pressed(button(shown, "proof.png"))
    assert f"**[proof\\.png](https://bucket.example/{KEY})** (image\\/png)" in handed
    assert "ends in 10 minutes" in handed


def test_where_no_copy_is_kept_the_case_stands_and_says_so() -> None:
    bar = Bar()

    said = bar.ask(warn, MEMBER, "spam", evidence=FILE, ctx=with_file(bar))

    assert "was warned. Case 1." in said
    assert "I could not keep a copy of proof\\.png." in said
    shown = bar.reply(view, 1)
    assert shown.rows == ()
    assert f"({URL}) · no copy is kept" in str(shown.embeds)

    said = bar.ask(evidence, 1, FILE, ctx=with_file(bar, "other.png"))
    assert len(bar.trial.case(1).evidence) == 1
    said = bar.ask(evidence, 1, AttachmentId("78"), "https://x.example/a", ctx=with_file(bar))
    assert len(bar.trial.case(1).evidence) == 2
    assert bar.trial.case(1).evidence[1].is_lost is False


def test_evidence_that_is_added_is_copied_once_however_often_it_comes() -> None:
    bar = Bar()
    bar.ask(warn, MEMBER, "spam")
    bar.trial.files.there.add(URL)

    for _ in range(2):
        bar.ask(evidence, 1, FILE, ctx=with_file(bar))

    [kept] = bar.trial.case(1).evidence
    assert (kept.copy, kept.content_type, kept.is_lost) == (KEY, "image/png", False)


def test_nothing_is_kept_for_whom_the_guard_refuses() -> None:
    bar = Bar()
    bar.trial.files.there.add(URL)
    file = ResolvedAttachment(FILE, "proof.png", URL, 10)
    weak = bar.ctx(permissions=0, roles=frozenset(), files={FILE: file})

    assert "You need" in bar.ask(warn, MEMBER, "spam", evidence=FILE, ctx=weak)
    assert "owns this server" in bar.ask(warn, OWNER, "spam", evidence=FILE, ctx=with_file(bar))
    assert bar.trial.files.copies == set()


def test_a_file_is_handed_to_moderators_alone_and_not_when_it_is_gone() -> None:
    bar = Bar()
    bar.trial.files.there.add(URL)
    bar.ask(warn, MEMBER, "spam", evidence=FILE, ctx=with_file(bar))
    own = bar.ctx(user=MEMBER, permissions=0, roles=frozenset())

    assert "You need" in bar.ask(show_file, number=1, attachment="77", ctx=own)
    assert "proof" not in bar.ask(myhistory, ctx=own)
    for number, attachment in ((1, "78"), (2, "77")):
        asked = bar.ask(show_file, number=number, attachment=attachment)
        assert asked == "That file is kept no more."
    bar.trial.files.copies.clear()
    assert bar.ask(show_file, number=1, attachment="77") == "That file is kept no more."
