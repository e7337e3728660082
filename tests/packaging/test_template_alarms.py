"""A backup that was not made is told, and so is a job that does not tell anything."""

from __future__ import annotations

import re

import pytest

from infra.local.host import ROOT
from tests.packaging.templates import ALARMS, FUNCTIONS, QUEUES, TEMPLATE, of_type

BACKUPS = of_type(ALARMS, "AWS::CloudWatch::Alarm")
DAY_HOURS = 24
SUBSCRIPTIONS = ("AlarmMail", "AlertsSubscription")


@pytest.mark.parametrize("name", ["BackupMissed", "BackupSilent"])
def test_what_the_daily_job_tells_of_backups_is_watched_and_the_topic_told(name: str) -> None:
    alarm = BACKUPS[name]
    told = (ROOT / "functions" / "log_backup" / "door.py").read_text()
    environment = FUNCTIONS["LogBackupFunction"]["Environment"]["Variables"]
    common = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]

    assert re.search(rf'gauge\("{alarm["MetricName"]}", len', told)
    assert alarm["Namespace"] == common["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [
        {"Name": "service", "Value": environment["POWERTOOLS_SERVICE_NAME"]}
    ]
    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "TopicArn"}]


def test_a_missed_backup_is_an_alarm_until_a_repetition_makes_it_good() -> None:
    alarm = BACKUPS["BackupMissed"]

    assert (alarm["MetricName"], alarm["Statistic"]) == ("BackupsMissed", "Minimum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert alarm["TreatMissingData"] == "notBreaching"


def test_a_daily_job_that_does_not_run_is_an_alarm() -> None:
    alarm = BACKUPS["BackupSilent"]
    (schedule,) = FUNCTIONS["LogBackupFunction"]["Events"].values()

    assert schedule["Properties"]["Schedule"] == "cron(15 3 * * ? *)"
    assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
        "SampleCount",
        "LessThanThreshold",
        1,
    )
    assert alarm["TreatMissingData"] == "breaching"
    hours = alarm["EvaluationPeriods"] * alarm["Period"] / 3600
    assert DAY_HOURS < hours <= 7 * DAY_HOURS  # CloudWatch's limit for periods of an hour


def test_alarms_and_budgets_of_this_account_reach_the_topic_and_nobody_else_s() -> None:
    (policy,) = of_type(TEMPLATE, "AWS::SNS::TopicPolicy").values()
    granted = policy["PolicyDocument"]["Statement"]

    assert policy["Topics"] == [{"Ref": "AlarmTopic"}]
    assert [one["Principal"] for one in granted] == [
        {"Service": "cloudwatch.amazonaws.com"},
        {"Service": "budgets.amazonaws.com"},
    ]
    for one in granted:
        assert (one["Effect"], one["Action"]) == ("Allow", "sns:Publish")
        assert one["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert "${AWS::AccountId}" in one["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]


def test_alarms_wait_in_a_queue_that_the_topic_alone_may_write_to() -> None:
    (policy,) = of_type(TEMPLATE, "AWS::SQS::QueuePolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    mail, queue = (of_type(TEMPLATE, "AWS::SNS::Subscription")[one] for one in SUBSCRIPTIONS)

    # SNS's own key lets CloudWatch not in; see the comment beside the topic.
    assert "KmsMasterKeyId" not in of_type(TEMPLATE, "AWS::SNS::Topic")["AlarmTopic"]
    assert policy["Queues"] == [{"Ref": "AlertsQueue"}]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "AlarmTopic"}}}
    assert (queue["Protocol"], mail["Protocol"]) == ("sqs", "email")
    assert queue["Endpoint"] == {"Fn::GetAtt": ["AlertsQueue", "Arn"]}


def test_status_reports_count_every_other_function_and_every_dead_letter_queue() -> None:
    variables = FUNCTIONS["AlertsFunction"]["Environment"]["Variables"]
    functions = {one["Ref"] for one in variables["FUNCTION_NAMES"]["Fn::Join"][1]}
    queues = {one["Fn::GetAtt"][0] for one in variables["DEAD_LETTER_QUEUES"]["Fn::Join"][1]}

    # A function cannot name itself in its own environment: CloudFormation would go in a circle.
    assert functions == FUNCTIONS.keys() - {"AlertsFunction"}
    assert queues == {name for name in QUEUES if name.endswith("DeadLetterQueue")}
