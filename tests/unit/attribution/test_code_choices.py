"""Which codes are suggested, and in which order."""

from typing import Any

from tests.unit.interactions.doors import Front
from tests.unit.slash.fakes import NOW, FakeServices
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, MEMBER, typing
from usher.attribution.code_choice_reads import DynamoCodeChoices
from usher.attribution.code_choices import CodeChoice, suggest
from usher.ids import GuildId, InviteCode, UserId
from usher.platform.dynamo_reads import DynamoReads
from usher.staff.queries import ROLE_SETTING


def choice(code: str, uses: int | None = 0, **more: Any) -> CodeChoice:  # noqa: ANN401 - fields of it
    return CodeChoice(InviteCode(code), uses, **{"active": True, **more})


def test_active_codes_come_first_then_the_most_used_then_the_latest() -> None:
    known = [
        choice("old", 3, changed=1),
        choice("ended", 90, active=False),
        choice("new", 3, changed=8),
        choice("most", 1_204, label="Twitter bio"),
        choice("guild", None, vanity=True),
    ]

    assert suggest(known, "") == [
        ("most · Twitter bio · 1,204 uses", "most"),
        ("new · 3 uses", "new"),
        ("old · 3 uses", "old"),
        ("guild · uses unknown · vanity", "guild"),
        ("ended · 90 uses · ended", "ended"),
    ]


def test_a_code_is_found_by_its_beginning_a_link_or_a_word_of_its_label() -> None:
    known = [choice("TheoWk25", label="Twitter bio"), choice("JonasOpen7")]

    for typed in ("theo", "https://discord.gg/TheoWk", "BIO", "twit"):
        assert [value for _, value in suggest(known, typed)] == ["TheoWk25"], typed
    assert suggest(known, "open") == []


def test_at_most_25_are_suggested_and_no_code_that_is_too_long() -> None:
    many = [choice(f"c{n:03}") for n in range(60)]

    assert len(suggest([choice("c" * 90, 5), *many], "c")) == 25
    assert suggest([choice("c" * 90, 5)], "") == []


def ask(front: Front, permissions: int = 0) -> list[str]:
    sent = typing("view_invite_logs", "invite_code", "the", permissions=permissions)
    data = front.send(sent)[1]["data"]
    assert isinstance(data, dict)
    return [one["value"] for one in data["choices"]]


def test_codes_are_suggested_to_those_who_may_read_the_log() -> None:
    services = FakeServices()
    services.codes.known[GuildId(GUILD)] = (choice("TheoWk25"),)
    front = Front(services=services)

    assert ask(front, MANAGE_GUILD) == ["TheoWk25"]
    assert ask(front) == []
    role = ("539082325061836999", UserId(MEMBER), NOW)
    services.staff.settings[GuildId(GUILD), ROLE_SETTING] = role
    assert ask(front) == ["TheoWk25"]
    assert front.log.lines == []


class Pages:
    """DynamoDB that gives `page` for the whole partition, `rest` for a beginning."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.asked: list[object] = []

    def call(self, operation: str, request: Any) -> dict[str, object]:  # noqa: ANN401 - JSON
        assert operation == "Query"
        prefix = request["ExpressionAttributeValues"][":prefix"]["S"]
        self.asked.append(prefix)
        if prefix.startswith("S#"):
            note = {"sk": {"S": "S#code#x"}, "value": {"S": '{"label":"Bio"}'}}
            return {"Items": [note]}
        code = {"sk": {"S": f"{prefix}x"}, "status": {"S": "active"}, "uses": {"N": "4"}}
        more = {} if self.whole else {"LastEvaluatedKey": {"pk": {"S": "G#1"}}}
        return {"Items": [code], **more}


def test_codes_are_read_with_one_request_and_labels_with_another() -> None:
    few, many = Pages(whole=True), Pages(whole=False)

    found = DynamoCodeChoices(DynamoReads(few, "usher")).choices(GuildId("1"), "abc")
    DynamoCodeChoices(DynamoReads(many, "usher")).choices(GuildId("1"), "abc")

    assert found == (choice("x", 4, label="Bio"),)
    assert few.asked == ["I#", "S#code#"]
    assert many.asked == ["I#", "I#abc", "S#code#"]
