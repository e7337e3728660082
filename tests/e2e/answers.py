"""Reading what the practice Discord shows of an answer."""

from typing import Any, cast

from infra.practice import Outcome


def text_of(outcome: Outcome) -> str:
    embeds = " ".join(
        str(embed.get("title", "")) + " " + str(embed.get("description", ""))
        + " " + str(embed.get("fields", ""))
        for embed in outcome.embeds
    )  # fmt: skip
    return f"{outcome.content} {embeds} {outcome.notice or ''}"


def button_of(outcome: Outcome, label: str) -> tuple[str, str]:
    """The ids of the answer's message and of its button with a label."""
    [message] = cast("list[dict[str, Any]]", outcome.messages)
    buttons = [button for row in message["components"] for button in row["components"]]
    [found] = [button for button in buttons if button.get("label") == label]
    return message["id"], found["custom_id"]
