"""Where the gateway is."""

from infra.practice.json_types import JsonObject
from infra.practice.rest.call import Call
from infra.practice.rest.routing import Answer, Routes

routes = Routes()


@routes.add("GET", "/gateway", public=True)
async def get_gateway(call: Call) -> Answer:
    """Name the gateway's address, on the host that was asked."""
    return Answer({"url": _url(call)})


@routes.add("GET", "/gateway/bot")
async def get_gateway_bot(call: Call) -> Answer:
    """Name the gateway's address, the shards to use and the identifies left."""
    hub = call.core.hub
    limit: JsonObject = {
        "total": hub.terms.identifies_per_day,
        "remaining": hub.identifies_left,
        "reset_after": int(hub.identifies_reset_after.total_seconds() * 1_000),
        "max_concurrency": hub.terms.max_concurrency,
    }
    return Answer({"url": _url(call), "shards": hub.terms.shards, "session_start_limit": limit})


def _url(call: Call) -> str:
    scheme = "wss" if call.request.secure else "ws"
    return f"{scheme}://{call.request.host}/gateway"
