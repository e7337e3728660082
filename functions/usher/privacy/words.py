"""What is kept of a member, and what an erasure does, in plain words."""

from collections import Counter
from datetime import datetime
from typing import Final

from usher.attribution.sentences import describe
from usher.moderation.redacting import HELD
from usher.moderation.rules import counts
from usher.moderation.words import kind_of
from usher.privacy.dossier import Dossier
from usher.privacy.queries import Kept, KeptName
from usher.slash import text
from usher.slash.replies import Embed, Field
from usher.slash.say import say, say_count

BLURPLE: Final = 0x5865F2
SHOWN: Final = 10
"""Names, joins and codes that are written out."""
NAME_LENGTH: Final = 40


def tell_kept(dossier: Dossier, now: datetime) -> Embed:
    """Show what is kept; times in the reader's own zone."""
    kept = dossier.kept
    fields = [
        *_membership(dossier),
        Field(say("Earlier joins"), _earlier(dossier)),
        Field(say("Your invites"), _invites(dossier)),
        Field(say("Your active codes"), _codes(dossier)),
        Field(say("Staff list"), _staff(dossier)),
        Field(say("VIP upgrades"), _upgrades(dossier)),
        Field(say("Your names"), _names(kept)),
        Field(say("Your answers"), _answers(dossier)),
        Field(say("On record with the moderators"), _cases(dossier, now)),
        Field(say("Erased"), _erased(kept)),
    ]
    shown = tuple(field for field in fields if field.value)
    head = say("This is kept in this server under your id {id}.", id=text.code(dossier.user_id))
    if not shown:
        head = say("Nothing is kept of you in this server.")
    footer = say(
        "Only you can see this; what moderators note for themselves is not shown · "
        "/privacy export for all of it, /privacy delete to erase"
    )
    return Embed(head, say("What Usher keeps of you"), shown, footer, color=BLURPLE)


def tell_question(*, for_good: bool) -> str:
    """Ask whether to erase, and say what goes, what stays and why."""
    if for_good:
        afterwards = say("**Afterwards** no name of yours is written down in this server again.")
    else:
        afterwards = say(
            "**Afterwards** your name is written down anew when you join again or when somebody "
            "joins by an invite of yours; run this with `for_good` to prevent that."
        )
    return "\n".join(
        (
            say("**Erase your names in this server?** It cannot be undone."),
            say(
                "**What goes**: your username, display name and discriminator, beside your own "
                "joins and beside those of people you invited, files that were made of them, and "
                "what you answered to the questions of a campaign."
            ),
            say(
                "**What stays**: your id with when and by whose invite you came, and the counts. "
                "That is proof on which the credit of others rests: it is chained and can be "
                "locked so that nobody changes it, and it holds no names."
            ),
            say(
                "**Moderation** cases about you stay for the safety of others, and your names are "
                "taken out of them. The words of a case go {days} days after it is over; what is "
                "in force keeps its reason until then.",
                days=HELD.days,
            ),
            afterwards,
        )
    )


def tell_erased(*, for_good: bool) -> str:
    """Say what was done, and what will be when."""
    said = say(
        "Your names are erased. From now on Usher shows them to nobody in this server; what is "
        "stored of them is destroyed by the daily job, within a day. Your id and the counts stay, "
        "and so do moderation cases, without your names; their words go {days} days after they "
        "are over.",
        days=HELD.days,
    )
    if for_good:
        said += " " + say("No name of yours will be written down here again.")
    return said


def _membership(dossier: Dossier) -> list[Field]:
    if dossier.origin is None:
        return []
    told = describe(dossier.origin)
    return [Field(say("How you came"), told.description), *told.fields]


def _earlier(dossier: Dossier) -> str:
    latest = None if dossier.origin is None else dossier.origin.joined_at
    joins = [at for at in dossier.kept.joins if at != latest]
    return "\n".join(text.when(at, "f") for at in joins[:SHOWN])


def _invites(dossier: Dossier) -> str:
    tally = dossier.tally
    parts = (tally.tracked, tally.added, tally.fake, tally.left)
    if not any(parts):
        return ""
    tracked, added, fake, left = (f"{part:,}" for part in parts)
    return say(
        "{effective} effective: {tracked} joined, {added} added, {fake} fake, {left} left",
        effective=f"{tally.effective:,}",
        tracked=tracked,
        added=added,
        fake=fake,
        left=left,
    )


def _codes(dossier: Dossier) -> str:
    shown = ", ".join(text.code(code.code) for code in dossier.codes[:SHOWN])
    more = len(dossier.codes) - SHOWN
    return f"{shown} {say('and {number} more', number=f'{more:,}')}" if more > 0 else shown


def _staff(dossier: Dossier) -> str:
    if dossier.staff is None:
        return ""
    mapping = dossier.staff.mapping
    return f"{text.code(mapping.ib_code)} · <{mapping.ib_link}>"


def _upgrades(dossier: Dossier) -> str:
    lines = [
        f"{text.user(upgrade.staff_id)} {text.when(upgrade.at, 'f') if upgrade.at else ''}".strip()
        for upgrade in dossier.upgrades[:SHOWN]
    ]
    return "\n".join(lines)


def _names(kept: Kept) -> str:
    lines = dict.fromkeys(map(_name, kept.names))
    shown = list(lines)[:SHOWN]
    if kept.names:
        number = len(kept.names) + kept.unread
        places = say_count(
            "kept beside {number} line of the log", "kept beside {number} lines of the log", number
        )
        shown.append(f"-# {places}")
    return "\n".join(shown)


def _answers(dossier: Dossier) -> str:
    """Show what was answered to campaigns' questions."""
    lines = [
        f"**{text.escape(text.cut(record.campaign, NAME_LENGTH))}** "
        f"{text.when(record.completed_at, 'f')}: "
        + say_count("{number} answer", "{number} answers", len(record.answers))
        for record in dossier.kept.answers[:SHOWN]
    ]
    if dossier.draft:
        lines.append(say("and what you typed into questions that you have not completed"))
    return "\n".join(lines)


def _cases(dossier: Dossier, now: datetime) -> str:
    """Say how many cases of which kind there are."""
    if not dossier.cases:
        return ""
    kinds = Counter(map(kind_of, dossier.cases))
    parts = [f"{kind}: {number:,}" for kind, number in kinds.items()]
    points = sum(case.points for case in dossier.cases if counts(case, now))
    if points:
        parts.append(say_count("{number} point counts", "{number} points count", points))
    return " · ".join(parts) + "\n-# " + say("`/myhistory` lists them")


def _name(name: KeptName) -> str:
    parts = dict.fromkeys(
        text.escape(text.cut(part, NAME_LENGTH))
        for part in (name.username, name.display_name)
        if part
    )
    tag = f" #{text.escape(name.discriminator)}" if name.discriminator not in ("", "0") else ""
    return " · ".join(parts) + tag


def _erased(kept: Kept) -> str:
    if kept.erasure is None:
        return ""
    said = text.when(kept.erasure.at, "f")
    if kept.swept_at is None:
        said += " · " + say("not shown any more; what is stored is destroyed within a day")
    if kept.erasure.for_good:
        said += " · " + say("no name is written down any more")
    return said
