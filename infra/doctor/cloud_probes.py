"""The cloud as the operator's doctor asks it."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from infra.doctor.cloud_rules import DEAD as DEAD_NAME
from infra.doctor.facts import Alarm, Queue, Schedule, Store, Worker
from infra.doctor.logs import newest_error
from infra.doctor.metrics import last_seen, oldest_message, total
from infra.doctor.place import AWS_FAILURES, Place, Resource
from infra.doctor.times import every
from usher.backup.rules import Kind, prefix

QUEUE: Final = "AWS::SQS::Queue"
FUNCTION: Final = "AWS::Lambda::Function"
RULE: Final = "AWS::Events::Rule"
ALARMS: Final = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
MAPPING: Final = "AWS::Lambda::EventSourceMapping"
DEAD: Final = "DeadLetterQueue"
PARKED: Final = "parked/"
"""Where messages are kept that nobody can read (`usher.ledger.keys`)."""
WATCHED: Final = timedelta(days=4)
"""How far back the runs of schedules are looked for: longer than a daily one may be silent."""
DAY: Final = timedelta(days=1)
_DEPTHS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True)
class Cloud:
    """Probes of one stack. Methods raise the SDK's errors, and PlaceError."""

    place: Place
    now: datetime

    def queues(self) -> list[Queue]:
        """Read how much is in the queues."""
        sqs = self.place.client("sqs")
        found = self.place.layout.of_type(QUEUE)
        with ThreadPoolExecutor(8) as pool:
            return [*pool.map(lambda one: self._queue(sqs, one), found)]

    def workers(self) -> list[Worker]:
        """Read how the functions are."""
        functions = self.place.client("lambda")
        idle = self._idle(functions)
        found = self.place.layout.of_type(FUNCTION)
        with ThreadPoolExecutor(4) as pool:
            return [*pool.map(lambda one: self._worker(functions, one, idle), found)]

    def schedules(self) -> list[Schedule]:
        """Read what the clock begins, and when it did last."""
        events = self.place.client("events")
        return [self._schedule(events, one) for one in self.place.layout.of_type(RULE)]

    def store(self) -> Store:
        """Read how table and bucket are kept."""
        layout = self.place.layout
        table = layout.outputs["TableName"]
        bucket = layout.outputs["LedgerBucketName"]
        dynamodb, s3 = self.place.client("dynamodb"), self.place.client("s3")
        status = dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]
        backups = dynamodb.describe_continuous_backups(TableName=table)
        recovery = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
        versions = s3.get_bucket_versioning(Bucket=bucket).get("Status")
        return Store(
            table,
            str(status),
            recovery.get("PointInTimeRecoveryStatus") == "ENABLED",
            versions == "Enabled",
            _newest(s3, bucket),
            len(s3.list_objects_v2(Bucket=bucket, Prefix=PARKED).get("Contents", ())),
        )

    def alarms(self) -> tuple[list[Alarm], int]:
        """Read which of the stack's alarms ring, and how many there are."""
        layout = self.place.layout
        # by name, since names of the stage `test` begin those of a stage `test-2` as well
        ours = {one.physical_id for one in layout.of_type(*ALARMS)}
        stage = layout.parameters.get("Stage", "")
        cloudwatch = self.place.client("cloudwatch")
        ringing, number = [], 0
        pages = cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=f"usher-{stage}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        for page in pages:
            for one in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())):
                if one["AlarmName"] not in ours:
                    continue
                number += 1
                if one.get("StateValue") == "ALARM":
                    said = str(one.get("AlarmDescription") or one["AlarmName"])
                    ringing.append(Alarm(one["AlarmName"], said, one.get("StateUpdatedTimestamp")))
        return ringing, number

    def tasks(self) -> tuple[int, int] | None:
        """Read how many listener tasks run and how many are wanted; None without a service."""
        outputs = self.place.layout.outputs
        cluster, service = outputs.get("ListenerCluster"), outputs.get("ListenerService")
        if not (cluster and service) or self.place.local:
            return None
        answer = self.place.client("ecs").describe_services(cluster=cluster, services=[service])
        [one] = answer["services"]
        return int(one["runningCount"]), int(one["desiredCount"])

    def secret(self, name: str) -> str | None:
        """Read a secret; None where there is none, or it may not be read."""
        secrets = self.place.client("secretsmanager")
        try:
            return str(secrets.get_secret_value(SecretId=name)["SecretString"])
        except (*AWS_FAILURES, KeyError):
            return None

    def made(self) -> datetime | None:
        """Say when the stack was made."""
        stacks = self.place.client("cloudformation").describe_stacks(StackName=self.place.stack)
        made = stacks["Stacks"][0].get("CreationTime")
        return made if isinstance(made, datetime) else None

    def _queue(self, sqs: Any, one: Resource) -> Queue:  # noqa: ANN401 - a client without stubs
        answer = sqs.get_queue_attributes(QueueUrl=one.physical_id, AttributeNames=[*_DEPTHS])
        depth, flying, delayed = (int(answer["Attributes"].get(name, 0)) for name in _DEPTHS)
        name = one.physical_id.rsplit("/", 1)[-1]
        age = None
        if depth and not self.place.local:
            age = oldest_message(self.place, name, self.now)
        dead = one.logical_id.endswith(DEAD)
        return Queue(name_of(one), depth, flying, delayed, age, dead)

    def _worker(
        self,
        functions: Any,  # noqa: ANN401 - a client without stubs
        one: Resource,
        idle: Mapping[str, list[str]],
    ) -> Worker:
        told = functions.get_function_configuration(FunctionName=one.physical_id)
        errors, last = newest_error(self.place, log_group(told), self.now - DAY)
        counted = 0 if self.place.local else total(self.place, one.physical_id, "Errors", self.now)
        return Worker(
            one.logical_id,
            str(told.get("State", "Active")),
            str(told.get("LastUpdateStatus", "Successful")),
            tuple(idle.get(one.physical_id, ())),
            max(errors, counted),
            last,
        )

    def _idle(self, functions: Any) -> dict[str, list[str]]:  # noqa: ANN401 - as above
        """Read which queues are not read though they should be, by function."""
        names = {one.physical_id: name_of(one) for one in self.place.layout.of_type(QUEUE)}
        by_arn = {url.rsplit("/", 1)[-1]: name for url, name in names.items()}
        found: dict[str, list[str]] = {}
        ours = {one.physical_id for one in self.place.layout.of_type(FUNCTION)}
        for one in _pages(functions, "list_event_source_mappings", "EventSourceMappings"):
            function = str(one.get("FunctionArn", "")).rsplit(":", 1)[-1]
            if function in ours and one.get("State") in ("Disabled", "Disabling"):
                queue = str(one.get("EventSourceArn", "")).rsplit(":", 1)[-1]
                found.setdefault(function, []).append(by_arn.get(queue, queue))
        return found

    def _schedule(self, events: Any, one: Resource) -> Schedule:  # noqa: ANN401 - as above
        told = events.describe_rule(Name=one.physical_id.rsplit("/", 1)[-1])
        length = every(str(told.get("ScheduleExpression", "")))
        targets = events.list_targets_by_rule(Rule=told["Name"])["Targets"]
        functions = [str(target["Arn"]).rsplit(":", 1)[-1] for target in targets]
        ran = None
        if functions and not self.place.local:
            since = max(self.now - WATCHED, self.made() or self.now - WATCHED)
            ran = last_seen(self.place, functions[0], since, self.now) or since
        return Schedule(one.logical_id, told.get("State") == "ENABLED", length, ran)


def log_group(function: Mapping[str, Any]) -> str:
    """Name the log group of a function, as Lambda tells of it."""
    own = (function.get("LoggingConfig") or {}).get("LogGroup")
    return str(own or f"/aws/lambda/{function['FunctionName']}")


def name_of(queue: Resource) -> str:
    """Name a queue by its logical id: `events`, and `events-dlq` where it gives messages up."""
    dead = DEAD_NAME if queue.logical_id.endswith(DEAD) else ""
    name = queue.logical_id.removesuffix("Queue").removesuffix("DeadLetter")
    return name.lower() + dead


def _pages(client: Any, operation: str, key: str) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401
    for page in client.get_paginator(operation).paginate():
        yield from page.get(key, ())


def _newest(s3: Any, bucket: str) -> datetime | None:  # noqa: ANN401 - as above
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix(Kind.DAILY))
    written = [item["LastModified"] for page in pages for item in page.get("Contents", ())]
    return max(written).astimezone(UTC) if written else None
