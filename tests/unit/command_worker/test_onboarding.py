"""/campaign questions, roles, welcome and value; /onboarding answers and export."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.fakes.rewards import ADMINS, OWNER, role
from tests.unit.command_worker.desk import Desk, words
from tests.unit.command_worker.test_referrals import campaigns, with_campaign
from tests.unit.interactions.doors import Front
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import (
    GUILD,
    MANAGE_GUILD,
    MEMBER,
    OTHER,
    data,
    interaction,
    option,
    press,
    typing,
)
from usher.ids import GuildId, RoleId, UserId
from usher.ledger.csv_form import read_rows
from usher.onboarding.model import Answered, Draft, Record, Session, Stay, Way
from usher.referrals.model import Campaign, LinkCode
from usher.rewards.hierarchy import ADMINISTRATOR

NAMED = option("campaign", "Spring")
GIFT = "70"
STAY = Stay(GuildId(GUILD), UserId(OTHER), NOW)


def asked(there: Desk) -> list[str]:
    return [one.label for one in campaigns(there)[0].questions]


def add(there: Desk, label: str, *more: object) -> str:
    return words(there.run("campaign questions add", NAMED, option("question", label), *more))


def test_questions_are_added_listed_moved_changed_and_removed() -> None:
    there = with_campaign()
    assert "the button alone" in words(there.run("campaign questions list", NAMED))
    add(there, "  Your   name? ")
    add(there, "Side?", option("choices", "Light | Dark"), option("required", False))
    told = add(there, "Mail?", option("pattern", "EMAIL"), option("placeholder", "a@b.de"))

    assert told.splitlines() == [
        "Spring · 3 questions",
        "1. Your name\\?",
        "2. Side\\? · optional · 2 choices",
        "3. Mail\\? · `email`",
    ]
    ids = [one.id for one in campaigns(there)[0].questions]
    there.run("campaign questions move", NAMED, option("question", "mail?"), option("place", 1))
    assert asked(there) == ["Mail?", "Your name?", "Side?"]
    there.run(
        "campaign questions edit",
        NAMED,
        option("question", ids[1]),
        option("wording", "Which side?"),
        option("choices", "-"),
        option("required", True),
        option("long", True),
    )
    one = campaigns(there)[0].questions[2]
    assert (one.id, one.label, one.choices, one.required, one.long) == (
        ids[1],
        "Which side?",
        (),
        True,
        True,
    )
    there.run("campaign questions remove", NAMED, option("question", "2"))
    assert asked(there) == ["Mail?", "Which side?"]


def test_the_same_interaction_again_adds_no_other() -> None:
    there = with_campaign()
    add(there, "Name?")
    there.forget_asking()
    add(there, "Name?")
    assert asked(there) == ["Name?"]


def test_beyond_five_forms_are_shown_and_twenty_five_is_the_end() -> None:
    there = with_campaign()
    for number in range(1, 26):
        told = add(there, f"Question {number}")
    assert "**Form 5**\n21. Question 21" in told
    assert add(there, "One more") == "A campaign has at most 25 questions."
    assert len(asked(there)) == 25


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (option("choices", "one"), "Please write 2 to 25 choices that differ, parted by `|`."),
        (option("choices", "a|b|a"), "Please write 2 to 25 choices"),
        (option("choices", "|".join(map(str, range(26)))), "Please write 2 to 25 choices"),
        (option("choices", f"a|{'x' * 101}"), "A choice has at most 100 characters."),
        (
            option("pattern", "(a+)+"),
            "I cannot read `(a+)+` from character 1 on. Take one of `email`",
        ),
    ],
)
def test_what_makes_no_question_is_told(wrong: object, told: str) -> None:
    there = with_campaign()
    assert told in add(there, "Name?", wrong)
    assert asked(there) == []


def test_more_that_is_told() -> None:
    there = with_campaign()
    assert add(there, " ") == "Please write the question."
    both = add(there, "Name?", option("choices", "a|b"), option("pattern", "email"))
    assert both == "A choice needs neither a pattern nor several lines."
    none = there.run("campaign questions remove", NAMED, option("question", "Nope"))
    assert none.content == "`Spring` has no question `Nope`."
    rights = there.run("campaign questions list", NAMED, rights=0)
    assert "You need Manage Server" in rights.content


def test_questions_are_suggested_by_their_words() -> None:
    there = with_campaign()
    add(there, "Your name?")
    add(there, "Your age?")
    front = Front(there.services)
    _, told = front.send(
        typing("campaign questions remove", "question", "AGE", permissions=MANAGE_GUILD)
    )
    (one,) = campaigns(there)[0].questions[1:]
    assert told == {
        "type": 8,
        "data": {"choices": [{"name": "Your age? · Spring", "value": one.id}]},
    }


def roles(there: Desk, *options: object, **changes: object) -> str:
    owner = {"user": {"id": OWNER, "username": "o"}, "roles": [], "permissions": str(MANAGE_GUILD)}
    return there.run(
        "campaign roles",
        NAMED,
        *options,
        **({"member": owner} | changes),  # type: ignore[arg-type]
    ).content


def test_roles_are_chosen_by_who_stands_above_them() -> None:
    there = with_campaign()
    there.services.halls.put(role(GIFT, 10), role("71", 60), role("72", 5, ADMINISTRATOR))
    assert "gets no role" in roles(there)
    assert roles(there, option("add", GIFT, 8)) == f"Who completes **Spring** gets <@&{GIFT}>."
    assert "not below my own role" in roles(there, option("add", "71", 8))
    assert "can harm the server" in roles(there, option("add", "72", 8))
    assert roles(there, option("add", "99", 8)) == "That role is deleted."
    assert campaigns(there)[0].role_ids == (GIFT,)
    low = {"user": {"id": MEMBER, "username": "m"}, "roles": [], "permissions": str(MANAGE_GUILD)}
    there.services.halls.put(role("73", 10))
    told = roles(there, option("add", "73", 8), member=low)
    assert told == "<@&73> is not below your own highest role, so you cannot have it given."
    assert "gets no role" in roles(there, option("remove", GIFT, 8))


def test_roles_by_hand_need_no_power_of_ours_and_say_where_they_are_told() -> None:
    there = with_campaign()
    there.services.halls.put(role("71", 60))
    told = roles(there, option("given", "by hand"), option("add", "71", 8))
    assert told == (
        "Who completes **Spring** is to get <@&71> from you. Nobody is told of it yet: choose an "
        "admin channel with `/invite rewards`."
    )
    there.run("invite rewards", option("channel", ADMINS, 7))
    assert roles(there).endswith(f"I tell it in <#{ADMINS}>.")
    refused = roles(there, option("given", "automatically"))
    assert "not below my own role" in refused
    assert not campaigns(there)[0].automatic_roles


def test_the_welcome_is_set_shown_and_taken_back() -> None:
    there = with_campaign()
    told = there.run("campaign welcome", NAMED)
    assert "You came for **Spring**" in told.content
    assert "`{campaign}` `{brand}` `{member}`" in told.content
    told = there.run("campaign welcome", NAMED, option("message", r"Hi {member}\nfor {offer}"))
    assert campaigns(there)[0].greeting == "Hi {member}\nfor {offer}"
    assert "I do not know `{offer}`" in told.content
    assert ">>> {member:mention} Hi {member}" in told.content
    there.run("campaign welcome", NAMED, option("message", "-"))
    assert campaigns(there)[0].greeting == ""


def test_a_conversion_has_a_worth() -> None:
    there = with_campaign()
    told = there.run("campaign value", NAMED, option("worth", 1234.567, 10))
    assert told.content == "A conversion by **Spring** is worth 1,234.57 from now on."
    assert campaigns(there)[0].value == Decimal("1234.57")
    add(there, "Name?")
    shown = words(there.run("campaign show", NAMED))
    assert "Onboarding: 1 question · worth 1,234.57" in shown


def answered(there: Desk, stay: Stay = STAY, **changes: object) -> Campaign:
    one = campaigns(there)[0]
    session = Session(stay, one.id, Way.JOIN, NOW, LinkCode("spring"))
    there.services.onboardings.held[stay] = replace(
        session,
        started_at=NOW,
        completed_at=NOW,
        owed=(RoleId("70"),),
        **changes,  # type: ignore[arg-type]
    )
    record = Record(
        stay,
        one.id,
        one.name,
        NOW,
        (Answered("q1", "Name?", ("=A*na*",)), Answered("q0", "Side?", ("Light", "Dark"))),
    )
    there.services.answers.keep(record)
    return one


def whose(there: Desk) -> str:
    return words(there.run("onboarding answers", option("user", OTHER, 6)))


def test_answers_are_shown_to_who_manages_the_server() -> None:
    there = with_campaign()
    assert whose(there) == f"<@{OTHER}> has no onboarding here."
    answered(there)
    told = whose(there)
    assert f"<@{OTHER}> · completed <t:" in told
    assert "still lacks <@&70>" in told
    assert "Name\\?: \\=A\\*na\\*" in told
    assert "Side\\?: Light\\, Dark" in told
    rights = there.run("onboarding answers", option("user", OTHER, 6), rights=0)
    assert "You need Manage Server" in rights.content


def test_answers_are_exported_as_a_safe_file() -> None:
    there = with_campaign()
    assert "Nobody has been asked" in there.run("onboarding export", NAMED).content
    answered(there)
    later = Stay(GuildId(GUILD), UserId(MEMBER), NOW + timedelta(hours=1))
    there.services.onboardings.held[later] = Session(later, campaigns(there)[0].id, Way.API, NOW)
    told = there.run("onboarding export", NAMED)
    assert told.content == "2 members."
    (file,) = told.files
    assert "'=A*na*" in file.content.decode()
    rows = {row["User ID"]: row for row in read_rows([file.content])}
    assert (rows[OTHER]["Name?"], rows[OTHER]["Side?"]) == ("=A*na*", "Light; Dark")
    assert rows[OTHER]["Link"] == "spring"
    assert rows[MEMBER]["Name?"] == ""


def me(there: Desk, line: str) -> str:
    reply = there.run(line)
    return words(reply) + "".join(file.content.decode() for file in reply.files)


def test_members_see_and_erase_what_they_have_answered() -> None:
    there = with_campaign()
    mine = Stay(GuildId(GUILD), UserId(MEMBER), NOW)
    answered(there, mine)
    draft = Stay(GuildId(GUILD), UserId(MEMBER), NOW + timedelta(hours=1))
    there.services.onboardings.held[draft] = Session(draft, campaigns(there)[0].id, Way.JOIN, NOW)
    there.services.drafts.held[draft] = Draft({"q1": ("half",)}, 1)

    view = me(there, "privacy view")
    assert "Your answers: **Spring** <t:" in view
    assert "2 answers" in view
    assert "have not completed" in view
    export = me(there, "privacy export")
    assert '"=A*na*"' in export
    assert '"half"' in export

    front = Front(there.services, presses=there.worker.presses)
    _, asking = front.send(interaction(2, data("privacy delete")))
    body = asking["data"]
    assert isinstance(body, dict)
    assert "what you answered" in body["content"]
    there._ask(press(body["components"], "Erase my names"))
    assert there.services.answers.records(GuildId(GUILD), UserId(MEMBER)) == ()
    assert there.services.drafts.held == {}
    assert "Your answers" not in me(there, "privacy view")
