"""What the whole system has logged: functions, listener, the embedded cloud itself."""

from __future__ import annotations

from infra.local.system import System


def every_line(system: System) -> list[str]:
    """Read all of it, a line each; lines of functions as CloudWatch Logs has them."""
    logs = system.cloud.logs
    lines: list[str] = []
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"]
            )
            lines += [event["message"] for one in pages for event in one["events"]]
    for file in (system.emulator.log_file, system.state_folder / "listener.log"):
        if file.exists():
            lines += file.read_text("utf-8", "replace").splitlines()
    return lines
