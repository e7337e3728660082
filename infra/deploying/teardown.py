"""`usher destroy`: everything that costs goes; what was proven stays."""

from collections.abc import Mapping

from infra.deploying import changes
from infra.deploying.model import KEPT, Resource, StopError, Wish
from infra.deploying.ports import Tools
from infra.deploying.secrets import read_token
from usher.platform.settings import DISCORD_API_BASE


def destroy(tools: Tools, wish: Wish) -> None:
    """Delete the stack and say what is left. Raises StopError."""
    identity = tools.cloud.identity()
    say = tools.console.say
    stack = tools.stacks.stack(wish.stack_name)
    if stack is None:
        say(
            f"There is no stack {wish.stack_name} in account {identity.account}, {identity.region}."
        )
        return
    kept = [one for one in tools.stacks.resources(stack.name) if one.logical_id in KEPT[:2]]
    say(
        f"{stack.name} in account {identity.account}, {identity.region} will be deleted: functions,"
    )
    say("queues with what waits in them, the listener, the API and all logs. These stay:")
    for one in kept:
        say(f"  {one.physical_id} ({one.logical_id})")
    if not wish.yes and not tools.console.agrees(f"Delete {stack.name}?"):
        raise StopError("Nothing was deleted.")
    tools.stacks.delete_stack(stack.name)
    _disconnect(tools, wish, stack.parameters, stack.outputs.get("InteractionsEndpoint"))
    if (left := changes.wait(tools, stack.name)) is not None:
        reasons = "; ".join(tools.stacks.failures(stack.name))
        raise StopError(
            f"{stack.name} is {left.status}: {reasons}. Run this again when it is mended."
        )
    say(f"{stack.name} is gone.")
    _tell_what_is_left(tools, wish, kept)


def _disconnect(tools: Tools, wish: Wish, held: Mapping[str, str], endpoint: str | None) -> None:
    """Have Discord send nothing to what goes now; best effort, for the token may be gone."""
    try:
        token = read_token(tools, held.get("DiscordTokenSecretName") or wish.token_name)
        if token is None or endpoint is None:
            return
        portal = tools.portal(held.get("DiscordApiBase", DISCORD_API_BASE), token)
        if portal.look().endpoint == endpoint:
            portal.change({"interactions_endpoint_url": None})
    except StopError as error:
        tools.console.say(f"  {error}")


def _tell_what_is_left(tools: Tools, wish: Wish, kept: list[Resource]) -> None:
    say = tools.console.say
    names = {one.logical_id: one.physical_id for one in kept}
    say(
        "Left are, besides table and bucket, the secrets usher/" + wish.stage + "/… and the images."
    )
    if names.keys() >= {"UsherTable", "LedgerBucket"}:
        say("To go on with them in a new stack:")
        stage = f"--stage {wish.stage} " if wish.stage != "prod" else ""
        say(
            f"  usher deploy {stage}--adopt-table {names['UsherTable']} "
            f"--adopt-bucket {names['LedgerBucket']}"
        )
    say("To remove them for good: docs/deploy.md, Teardown.")
