"""The runtime client alone: a handler that does nothing."""


def handler(event: object, context: object) -> dict[str, object]:
    """Answer as every handler here does."""
    del event, context
    return {"statusCode": 200, "headers": {}, "body": "no invites"}
