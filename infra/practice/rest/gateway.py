"""Where the gateway is."""

from infra.practice.json_types import JsonObject
from infra.practice.rest.call import Call
from infra.practice.rest.routing import Answer, Routes

IDENTIFIES_A_DAY = 1_000
routes = Routes()


@routes.add("GET", "/gateway", public=True)
async def get_gateway(call: Call) -> Answer:
    """Name the gateway's address, on the host that was asked."""
    return Answer({"url": _url(call)})


@routes.add("GET", "/gateway/bot")
async def get_gateway_bot(call: Call) -> Answer:
    """Name the gateway's address, the shards to use and the identifies left."""
    limit: JsonObject = {
        "total": IDENTIFIES_A_DAY,
        "remaining": max(IDENTIFIES_A_DAY - call.core.hub.identifies, 1),
        "reset_after": 86_400_000,
        "max_concurrency": 1,
    }
    return Answer({"url": _url(call), "shards": 1, "session_start_limit": limit})


def _url(call: Call) -> str:
    scheme = "wss" if call.request.secure else "ws"
    return f"{scheme}://{call.request.host}/gateway"
