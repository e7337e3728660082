"""`usher doctor` and `usher dlq` beside a system that runs (SPEC 11.4)."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.doctor.place import on_this_machine
from infra.local.host import ROOT
from infra.local.settings import TOKEN_SECRET
from infra.local.system import System
from infra.practice.intents import Intents
from tests.e2e.town import watched
from tests.e2e.watching import eventually, item
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode
from usher.ids import GuildId, UserId

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


async def usher(system: System, *words: str) -> tuple[int, str]:
    """Run the command as a person does, beside the system."""
    command = (sys.executable, "-m", "infra.cli.main", *words, "--state", str(system.state_folder))
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def examined(system: System) -> tuple[int, dict[str, dict[str, Any]]]:
    """What `usher doctor` finds, by what was looked at."""
    code, said = await usher(system, "doctor", "--json")
    told = json.loads(said)
    assert told["healthy"] is (code == 0)
    return code, {one["what"]: one for one in told["findings"]}


def wrong_in(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is broken or could not be asked. Alarms ring and cease minutes later by themselves."""
    bad = ("broken", "unknown")
    return {
        name: one for name, one in found.items() if one["state"] in bad and one["area"] != "Alarms"
    }


async def test_faults_are_found_and_gone_when_mended(system: System) -> None:
    practice, secrets = system.practice, system.cloud.secrets

    # Given a system that is well
    _, well = await examined(system)
    assert wrong_in(well) == {}
    assert well["Endpoint"]["state"] == "well"
    assert "Discord pinged it" in well["Endpoint"]["meaning"]
    alarms = [one["meaning"] for one in well.values() if one["area"] == "Alarms"]
    assert alarms
    assert not [one for one in alarms if "no alarms" in one]

    # When the endpoint is another, the intent is off and the listener dead
    practice.interactions_endpoint = "http://127.0.0.1:9/interactions"
    practice.approved_intents = Intents.NONE
    await system.kill_listener()
    await asyncio.sleep(6)  # the life of its lease

    # Then each is told, with what to do, and whoever asks is told by the exit code
    code, sick = await examined(system)
    wrong = wrong_in(sick)
    assert code == 1
    assert {"Endpoint", "Server Members Intent", "Sessions"} <= wrong.keys()
    assert all(one["remedy"] for one in wrong.values())
    assert system.interactions_url in wrong["Endpoint"]["remedy"]

    # And so is what is switched off in the cloud
    rule, mapping = switches(system)
    system.cloud.functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    events(system).disable_rule(Name=rule)
    code, off = await examined(system)
    assert "does not read hooks" in off["WebhooksFunction"]["meaning"]
    silent = [one for one in off.values() if one["area"] == "Schedules"]
    assert [one["state"] for one in silent] == ["broken"]
    system.cloud.functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    events(system).enable_rule(Name=rule)

    # And so is a token that Discord does not know; what needs none is looked at all the same
    secrets.put_secret_value(SecretId=TOKEN_SECRET, SecretString="other")
    code, strange = await examined(system)
    assert "does not know the token" in strange["Bot"]["meaning"]
    assert strange["Queues"]["state"] == "well"

    # And when all is mended, nothing is left
    secrets.put_secret_value(SecretId=TOKEN_SECRET, SecretString=practice.bot_token)
    practice.interactions_endpoint = system.interactions_url
    practice.approved_intents = Intents.GUILD_MEMBERS
    await system.start_listener()
    _, mended = await examined(system)
    assert wrong_in(mended) == {}


async def test_a_dead_letter_is_told_put_back_and_done(system: System) -> None:
    # Given an observation that was given up
    town = await watched(system, 1)
    at = datetime.now(UTC)
    deed = SettingChanged("late", "guild#rank_mode", "highest", UserId(town.owner), at)
    body = encode(Observation("deed.late", GuildId(town.id), "Secretville", at, (deed,)))
    dead = system.outputs["EventsDeadLetterQueueUrl"]
    system.cloud.sqs.send_message(
        QueueUrl=dead, MessageBody=body, MessageGroupId=town.id, MessageDeduplicationId="dead"
    )
    code, found = await examined(system)
    assert code == 1
    assert "usher dlq redrive events" in found["events-dlq"]["remedy"]

    # When it is looked at
    code, listed = await usher(system, "dlq", "list")

    # Then it is told by kind and ids, and by no name
    assert code == 0
    assert "1 SettingChanged" in listed
    assert town.id in listed
    assert "Secretville" not in listed

    # And when it is put back, it is done as if it had never been away
    assert "1 would be put back" in (await usher(system, "dlq", "redrive", "--dry-run"))[1]
    assert "add --yes" in (await usher(system, "dlq", "redrive"))[1]
    code, said = await usher(system, "dlq", "redrive", "events", "--yes")
    assert (code, said.strip()) == (0, "events: 1 put back")
    await eventually(lambda: item(system, town.id, "S#guild#rank_mode"))
    assert (await usher(system, "dlq", "list"))[1].strip() == "nothing was given up"
    assert (await usher(system, "dlq", "list", "nowhere"))[0] == 2


def events(system: System) -> Any:  # noqa: ANN401 - a client without stubs
    return on_this_machine(system.state_folder).client("events")


def switches(system: System) -> tuple[str, str]:
    """A schedule, and what has the webhooks function read its queue, by name and id."""
    names = system.deployment.physical_ids
    rules = on_this_machine(system.state_folder).layout.of_type("AWS::Events::Rule")
    found = system.cloud.functions.list_event_source_mappings(
        FunctionName=names["WebhooksFunction"]
    )
    return rules[0].physical_id.rsplit("/", 1)[-1], found["EventSourceMappings"][0]["UUID"]
