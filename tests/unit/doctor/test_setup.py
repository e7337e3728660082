"""The steps of /setup: what is done follows from what is set, and the link is made once."""

from dataclasses import replace

import pytest

from tests.builders import GUILD
from tests.fakes.channels import GENERAL
from tests.unit.slash.fakes import NOW, FakeServices
from usher.attribution.backfill_state import Backfill, Status
from usher.credit.fake import Rules
from usher.doctor.setup_form import MADE, NAME, ask
from usher.doctor.setup_link import made
from usher.doctor.setup_steps import (
    Standing,
    Step,
    done,
    first_open,
    following,
    preceding,
    state_of,
)
from usher.ids import UserId
from usher.referrals import campaign_commands
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.modals import Modal

BARE = Standing()


def context(services: FakeServices, name: str = "Website", id_: str = "77") -> Ctx[FakeServices]:
    answers = {"name": (name,), "channel": (GENERAL,)}
    who = UserId("9")
    return Ctx(services, GUILD, who, NOW, id_, permissions=1 << 5, answers=answers)


def test_a_bare_server_begins_with_the_first_step_and_only_sound_standards_are_done() -> None:
    assert first_open(BARE) is Step.LOG
    assert [step for step in Step if done(step, BARE)] == [Step.FAKE]


@pytest.mark.parametrize(
    ("step", "standing"),
    [
        (Step.LOG, replace(BARE, mod={"log_channel_id": "7"})),
        (Step.WELCOME, replace(BARE, welcome={"state": "on", "channel_id": "7"})),
        (Step.STAFF, replace(BARE, mod={"roles": "7"})),
        (Step.STAFF, replace(BARE, guild={"staff_role_id": "7"})),
        (Step.RANKS, replace(BARE, ranks=1)),
        (Step.LINK, replace(BARE, campaigns=1)),
    ],
)
def test_what_is_set_is_done_and_said(step: Step, standing: Standing) -> None:
    assert done(step, standing)
    assert state_of(step, standing) != state_of(step, BARE)


def test_steps_lead_from_the_first_to_the_last_and_back() -> None:
    walked = [first := Step.LOG]
    while (after := following(walked[-1])) is not None:
        assert preceding(after) is walked[-1]
        walked.append(after)

    assert walked == [*Step]
    assert preceding(first) is None


@pytest.mark.parametrize("status", Status)
def test_every_state_of_an_import_is_said(status: Status) -> None:
    imported = Backfill("1", None, started_at=NOW, moved_at=NOW, until=NOW, status=status)
    standing = replace(BARE, imported=imported)

    assert state_of(Step.IMPORT, standing) != state_of(Step.IMPORT, BARE)
    assert done(Step.IMPORT, standing) is (status is not Status.STOPPED)


def test_stricter_rules_are_named() -> None:
    said = state_of(Step.FAKE, replace(BARE, rules=Rules(young_account=3, left_within=1)))

    assert "3 days" in said
    assert "1 hour" in said


def test_the_form_asks_for_no_longer_a_name_than_a_campaign_has() -> None:
    form = ask.run(context(FakeServices()))

    assert isinstance(form, Modal)
    assert form.press.action == MADE == made.name
    assert campaign_commands.NAME == NAME


def test_a_campaign_and_its_link_are_made_once_however_often_it_is_told() -> None:
    services = FakeServices()

    for _ in range(2):
        made.run(context(services))

    [campaign] = services.referrals.campaigns(GUILD)
    [link] = services.referrals.links(GUILD)
    assert (campaign.name, campaign.channel_id) == ("Website", GENERAL)
    assert (link.campaign_id, link.owner_id) == (campaign.id, UserId("9"))
    assert len({*services.deeds.done}) == len(services.deeds.done) >= 2


def test_a_name_that_is_taken_is_refused_and_makes_nothing() -> None:
    services = FakeServices()
    made.run(context(services))

    with pytest.raises(UserError, match="website"):
        made.run(context(services, "website", "78"))

    assert len(services.referrals.campaigns(GUILD)) == 1
