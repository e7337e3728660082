"""Import and first answer of the interactions door, in fresh processes."""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
RUNS: Final = 9

FLOOR: Final = "import nacl.signing, json; from aws_lambda_powertools import Logger; Logger()"
USUAL: Final = (
    "import nacl.signing, json, boto3, pynamodb.models; from aws_lambda_powertools import Logger;"
    "Logger(); boto3.client('dynamodb'); boto3.client('sqs')"
)
DOOR: Final = "import interactions.app"


def _cpu(code: str) -> float:
    """Median CPU milliseconds of a fresh process that runs `code`."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "functions"),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "POWERTOOLS_SERVICE_NAME": "interactions",
        "TABLE_NAME": "bench",
        "COMMANDS_QUEUE_URL": "http://127.0.0.1:9/queue",
        "EFFECTS_QUEUE_URL": "http://127.0.0.1:9/queue",
        "DISCORD_PUBLIC_KEY": "00" * 32,
        "DISCORD_APPLICATION_ID": "1",
    }
    samples = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)  # noqa: S603
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        samples.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return statistics.median(samples) * 1000


def measure() -> list[str]:
    """CPU of start and imports, and ratios within this run."""
    bare, floor, door, usual = (_cpu(code) for code in ("pass", FLOOR, DOOR, USUAL))
    return [
        f"python alone                      {bare:8.0f} ms CPU",
        f"nacl + powertools Logger (floor)  {floor:8.0f} ms CPU",
        f"interactions door                 {door:8.0f} ms CPU  {door / floor:5.2f} x floor",
        f"boto3 + pynamodb + powertools     {usual:8.0f} ms CPU  {usual / floor:5.2f} x floor",
    ]
