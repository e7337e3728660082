"""/invite inviter and /invite codes: interaction in, message out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.interactions.doors import Front
from tests.unit.interactions.test_credit_commands import embed, fields
from tests.unit.slash.fakes import NOW, FakeServices
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, option
from usher.attribution.causes import Cause
from usher.attribution.outcomes import Confidence, Kind, Method, Reason
from usher.attribution.queries import CodeSummary, MemberOrigin, OutcomeName
from usher.ids import VANITY, ChannelId, GuildId, InviteCode, UserId

JOINED = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
STAMP = int(JOINED.timestamp())


def origin(**changes: object) -> MemberOrigin:
    fields: dict[str, object] = {
        "user_id": UserId(MEMBER),
        "joined_at": JOINED,
        "left_at": None,
        "outcome": OutcomeName.ATTRIBUTED,
        "kind": Kind.INVITE,
        "code": InviteCode("abc"),
        "inviter_id": UserId(OTHER),
        "confidence": Confidence.EXACT,
        "method": Method.USE_COUNT,
    }
    return MemberOrigin(**{**fields, **changes})  # type: ignore[arg-type] # one thing overridden


def unattributed(reason: Reason | None, kind: Kind = Kind.UNKNOWN) -> MemberOrigin:
    return origin(
        outcome=OutcomeName.UNATTRIBUTED,
        kind=kind,
        reason=reason,
        code=None,
        inviter_id=None,
        confidence=Confidence.NONE,
        method=None,
    )


def ask(known: MemberOrigin | None) -> dict[str, object]:
    services = FakeServices()
    if known:
        services.invites.origins[GuildId(GUILD), known.user_id] = known
    return embed(Front(services), "invite inviter")


def test_an_attributed_member_is_shown_with_the_evidence() -> None:
    shown = ask(origin())

    assert shown["description"] == f"<@{MEMBER}> was invited by <@{OTHER}>."
    assert fields(shown) == {
        "Code": "`abc`",
        "Joined": f"<t:{STAMP}:f> (<t:{STAMP}:R>)",
        "How sure": "Exact: it is the only possibility that fits the evidence.",
        "Evidence": "the invite's use count rose",
    }


def test_several_codes_of_one_inviter_name_the_inviter_and_the_codes() -> None:
    shown = ask(
        origin(
            code=None,
            method=Method.SAME_INVITER,
            candidates=(InviteCode("abc"), InviteCode("def")),
        )
    )

    assert shown["description"] == f"<@{MEMBER}> was invited by <@{OTHER}>."
    assert fields(shown)["One of these codes"] == "`abc`, `def`"


def test_the_vanity_link_is_named_as_such() -> None:
    shown = ask(origin(kind=Kind.VANITY, inviter_id=VANITY, method=Method.VANITY_COUNT))

    assert shown["description"] == f"<@{MEMBER}> came by this server's own vanity link."


def test_an_invite_without_an_inviter_is_named_as_such() -> None:
    shown = ask(origin(inviter_id=None))

    assert shown["description"] == f"<@{MEMBER}> came by an invite that has no inviter."


def test_an_ambiguous_member_shows_the_candidates_and_no_guess() -> None:
    shown = ask(
        origin(
            outcome=OutcomeName.AMBIGUOUS,
            code=None,
            inviter_id=None,
            confidence=Confidence.AMBIGUOUS,
            method=None,
            reason=Reason.SEVERAL_POSSIBLE,
            candidates=tuple(InviteCode(f"c{n:02}") for n in range(25)),
        )
    )

    assert "Nothing is guessed" in str(shown["description"])
    assert fields(shown)["Candidate codes"].endswith("`c19` and 5 more")
    assert OTHER not in str(shown)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_of_its_own(reason: Reason) -> None:
    told = str(ask(unattributed(reason))["description"])

    assert told.startswith(f"No invite is known for <@{MEMBER}>. ")
    assert told.endswith(".")
    assert reason.value not in told


def test_no_two_reasons_read_the_same() -> None:
    told = {str(ask(unattributed(reason))["description"]) for reason in Reason}

    assert len(told) == len(Reason)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("confidence", Confidence)
def test_every_method_and_confidence_is_in_plain_words(
    method: Method, confidence: Confidence
) -> None:
    shown = ask(origin(method=method, confidence=confidence))

    assert method.value not in str(shown)
    assert fields(shown)["How sure"]


def test_a_bot_came_by_a_permission_link() -> None:
    shown = ask(unattributed(Reason.BOT_ADDED, Kind.BOT))

    assert "permission link" in str(shown["description"])


def test_a_word_of_a_later_release_still_reads() -> None:
    assert ask(unattributed(None))["description"] == f"No invite is known for <@{MEMBER}>."


def test_a_member_who_left_is_shown_with_when() -> None:
    shown = ask(origin(left_at=JOINED + timedelta(minutes=5)))

    assert fields(shown)["Left"] == f"<t:{STAMP + 300}:R>"


@pytest.mark.parametrize(
    ("cause", "name"),
    [(Cause.KICKED, "Kicked"), (Cause.BANNED, "Banned"), (Cause.PRUNED, "Pruned")],
)
def test_who_was_removed_is_shown_with_how_and_by_whom(cause: Cause, name: str) -> None:
    gone = origin(left_at=JOINED + timedelta(minutes=5), cause=cause, removed_by=UserId(OTHER))

    assert fields(ask(gone))[name] == f"<t:{STAMP + 300}:R> by <@{OTHER}>"


@pytest.mark.parametrize("cause", [None, Cause.UNKNOWN, Cause.LEFT])
def test_any_other_end_is_a_leave(cause: Cause | None) -> None:
    assert "Left" in fields(ask(origin(left_at=JOINED, cause=cause)))


def test_a_fake_join_names_the_rules_by_which_it_is() -> None:
    told = fields(ask(origin(verdict=("self_invite", "young_account", "of_a_later_release"))))

    assert told["Fake"] == "Self-invite, Young account, `of_a_later_release`"
    assert "Fake" not in fields(ask(origin()))
    assert "Fake" not in fields(ask(origin(kind=Kind.BOT, verdict=("rejoin",))))


def test_what_a_rule_says_is_pending_while_the_inviter_is_open() -> None:
    open_join = replace(
        unattributed(Reason.SEVERAL_POSSIBLE),
        outcome=OutcomeName.AMBIGUOUS,
        verdict=("default_avatar",),
    )

    assert fields(ask(open_join))["Fake"].startswith("Default avatar. Pending")


def test_a_join_while_tracking_was_off_says_why_nobody_gets_credit() -> None:
    told = fields(ask(origin(untracked=True, verdict=("rejoin",))))

    assert told["Credit"] == "Nobody gets credit: tracking was off when they joined."
    assert "Fake" not in told


def test_a_leave_whose_inviter_is_open_is_pending() -> None:
    gone = JOINED + timedelta(minutes=5)
    open_join = origin(
        outcome=OutcomeName.AMBIGUOUS,
        code=None,
        inviter_id=None,
        candidates=(InviteCode("a"), InviteCode("b")),
        left_at=gone,
    )
    late = replace(unattributed(Reason.NO_USE_SEEN), left_at=JOINED + timedelta(days=1))

    assert "Pending" in fields(ask(open_join))["The leave"]
    assert replace(unattributed(Reason.NOT_LOOKED), left_at=gone).pending
    assert not replace(unattributed(Reason.NOT_BY_INVITE), left_at=gone).pending
    assert not late.pending
    assert not replace(open_join, left_at=None).pending
    assert "The leave" not in fields(ask(origin(left_at=gone)))


def test_an_unknown_member_joined_before_or_never() -> None:
    assert ask(None)["description"] == f"<@{MEMBER}> joined before Usher watched, or never."


def code(name: str, **changes: object) -> CodeSummary:
    fields: dict[str, object] = {
        "code": InviteCode(name),
        "uses": 3,
        "max_uses": 0,
        "expires_at": None,
        "channel_id": ChannelId("77"),
        "joins": 1,
    }
    return CodeSummary(**{**fields, **changes})  # type: ignore[arg-type] # one thing overridden


def codes(*known: CodeSummary) -> str:
    services = FakeServices()
    services.invites.codes[GuildId(GUILD), UserId(OTHER)] = known
    shown = embed(Front(services), "invite codes", option("user", OTHER, 6))
    return str(shown["description"])


def test_codes_are_listed_most_used_first_with_what_is_left_of_them() -> None:
    soon = NOW + timedelta(hours=1)

    assert codes(
        code("one", uses=1, max_uses=5, joins=1, expires_at=soon),
        code("hidden", uses=None, channel_id=None, joins=0),
        code("top", uses=1200, joins=1100),
        code("gone", expires_at=NOW),
    ).splitlines() == [
        f"<@{OTHER}> has **3 active codes**.",
        "",
        "`top`: 1,200 uses · 1,100 joins · never expires · <#77>",
        f"`one`: 1 of 5 uses · 1 join · expires <t:{int(soon.timestamp())}:R> · <#77>",
        "`hidden`: uses unknown · 0 joins · never expires",
    ]


def test_a_long_list_of_codes_is_capped() -> None:
    told = codes(*(code(f"c{n}") for n in range(45))).splitlines()

    assert len(told) == 2 + 20 + 1
    assert told[-1] == "and 25 more"


def test_no_codes_are_told() -> None:
    assert codes() == f"<@{OTHER}> has no active invite codes."
