"""Registration of application commands, global and for a guild."""

from infra.practice import commands
from infra.practice.payloads.application import command_json
from infra.practice.rest.call import Call
from infra.practice.rest.routing import NOTHING, Answer, Handler, Routes

GLOBAL = "/applications/{application_id}/commands"
GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"
routes = Routes()


async def list_commands(call: Call) -> Answer:
    """List the registered commands."""
    scope = _scope(call)
    return Answer([command_json(call.world, it) for it in commands.commands_of(call.world, scope)])


async def overwrite_commands(call: Call) -> Answer:
    """Make the registered commands exactly these."""
    scope = _scope(call)
    kept = commands.overwrite(call.world, scope, await call.json())
    call.publish([])
    return Answer([command_json(call.world, command) for command in kept])


async def create_command(call: Call) -> Answer:
    """Register a command: 201, or 200 where it replaces one of the same name."""
    scope = _scope(call)
    command, new = commands.register(call.world, scope, await call.fields())
    call.publish([])
    return Answer(command_json(call.world, command), status=201 if new else 200)


async def get_command(call: Call) -> Answer:
    """Answer with a command."""
    command = commands.find_command(call.world, _scope(call), call.id("command_id"))
    return Answer(command_json(call.world, command))


async def edit_command(call: Call) -> Answer:
    """Change a command."""
    command = commands.find_command(call.world, _scope(call), call.id("command_id"))
    commands.edit(call.world, command, await call.fields())
    call.publish([])
    return Answer(command_json(call.world, command))


async def delete_command(call: Call) -> Answer:
    """Remove a command."""
    command = commands.find_command(call.world, _scope(call), call.id("command_id"))
    del call.world.state.commands[command.id]
    call.publish([])
    return NOTHING


def _scope(call: Call) -> str | None:
    call.application()
    return call.guild().id if "guild_id" in call.request.match_info else None


_COLLECTION: dict[str, Handler] = {
    "GET": list_commands,
    "PUT": overwrite_commands,
    "POST": create_command,
}
_ITEM: dict[str, Handler] = {"GET": get_command, "PATCH": edit_command, "DELETE": delete_command}

for _base in (GLOBAL, GUILD):
    for _method, _handler in _COLLECTION.items():
        routes.add(_method, _base)(_handler)
    for _method, _handler in _ITEM.items():
        routes.add(_method, f"{_base}/{{command_id}}")(_handler)
