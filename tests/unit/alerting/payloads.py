"""What SNS puts into the queue, in CloudWatch's and Budgets' own shapes."""

import json
from datetime import datetime

DESCRIPTION = "The listener has not been heard of. docs/operations.md#listener-silent"


def metric_alarm(
    state: str,
    before: str,
    at: datetime,
    name: str = "usher-prod-page-listener-silent",
    value: str = "0.0",
) -> str:
    """A metric alarm (CloudWatch user guide: schema when a metric alarm changes state)."""
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"
    word = "ALARM" if state == "ALARM" else "OK"
    return json.dumps(
        {
            "AlarmName": name,
            "AlarmDescription": DESCRIPTION,
            "AWSAccountId": "123456789012",
            "AlarmConfigurationUpdatedTimestamp": "2026-11-28T13:26:59.170+0000",
            "NewStateValue": state,
            "NewStateReason": (
                "Threshold Crossed: 2 out of the last 2 datapoints "
                f"[{value} (29/11/26 09:01:00), 1.0 (29/11/26 09:00:00)] were less than the "
                f"threshold (1.0) (minimum 2 datapoints for {before} -> {word} transition)."
            ),
            "StateChangeTime": moment,
            "Region": "EU (Ireland)",
            "AlarmArn": f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}",
            "OldStateValue": before,
            "OKActions": ["arn:aws:sns:eu-west-1:123456789012:usher-AlarmTopic-1A2B3C"],
            "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:usher-AlarmTopic-1A2B3C"],
            "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "ListenerHeartbeat",
                "Namespace": "Usher/prod",
                "StatisticType": "Statistic",
                "Statistic": "SUM",
                "Unit": None,
                "Dimensions": [{"value": "listener", "name": "service"}],
                "Period": 60,
                "EvaluationPeriods": 2,
                "DatapointsToAlarm": 2,
                "ComparisonOperator": "LessThanThreshold",
                "Threshold": 1.0,
                "TreatMissingData": "breaching",
                "EvaluateLowSampleCountPercentile": "",
            },
        }
    )


COMPOSITE = json.dumps(
    {
        "AlarmName": "usher-prod-page-discord",
        "AlarmDescription": "Discord refuses what Usher asks. docs/operations.md#discord",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "NewStateReason": (
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm:usher-prod-warn-refusals transitioned "
            "to ALARM at Sunday 29 November, 2026 09:45:55 UTC"
        ),
        "StateChangeTime": "2026-11-29T09:45:55.640+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:usher-prod-page-discord",
        "OldStateValue": "OK",
        "AlarmRule": "ALARM(usher-prod-warn-refusals) OR ALARM(usher-prod-warn-closed)",
        "TriggeringChildren": [
            {
                "Arn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:usher-prod-warn-refusals",
                "State": {"Value": "ALARM", "Timestamp": "2026-11-29T09:45:55.640+0000"},
            }
        ],
    }
)

MATH = json.dumps(
    {
        "AlarmName": "usher-prod-page-lambda-errors",
        "AlarmDescription": "Functions fail.\ndocs/operations.md#lambda-errors",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "NewStateReason": (
            "Threshold Crossed: 2 out of the last 3 datapoints [4.166666666666667 "
            "(29/11/26 09:38:00), 2.0 (29/11/26 09:37:00)] were greater than the threshold (1.0) "
            "(minimum 2 datapoints for OK -> ALARM transition)."
        ),
        "StateChangeTime": "2026-11-29T09:39:30.001+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:usher-prod-page-lambda-errors",
        "OldStateValue": "OK",
        "Trigger": {
            "Period": 60,
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 1.0,
            "TreatMissingData": "notBreaching",
            "EvaluateLowSampleCountPercentile": "",
            "Metrics": [
                {
                    "Id": "share",
                    "Expression": "100 * errors / invocations",
                    "Label": "percent of invocations that failed",
                    "ReturnData": True,
                },
                {
                    "Id": "errors",
                    "MetricStat": {
                        "Metric": {
                            "Dimensions": [{"value": "effects", "name": "FunctionName"}],
                            "MetricName": "Errors",
                            "Namespace": "AWS/Lambda",
                        },
                        "Period": 60,
                        "Stat": "Sum",
                    },
                    "ReturnData": False,
                },
            ],
        },
    }
)

# The embedded cloud's shape: no ARN, the Region's code, whole seconds, its own reason.
EMULATED = json.dumps(
    {
        "AlarmName": "usher-local-warn-hooks-dead",
        "AlarmDescription": "Webhook orders were given up. docs/operations.md#hooks-dead",
        "AWSAccountId": "000000000000",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed: Maximum 1.0 GreaterThanThreshold 0",
        "StateChangeTime": "2026-11-29T09:00:00Z",
        "Region": "us-east-1",
        "OldStateValue": "INSUFFICIENT_DATA",
        "Trigger": {"MetricName": "ApproximateNumberOfMessagesVisible", "Threshold": 0},
    }
)

BUDGET = """AWS Budget Notification November 29, 2026
AWS Account 123456789012

Dear AWS Customer,

You requested that we alert you when the ACTUAL Cost associated with your usher-prod budget is \
greater than $30.00 for the current month. The ACTUAL Cost associated with this budget is $31.07. \
You can find additional details below and by accessing the AWS Budgets dashboard [1].

Budget Name: usher-prod
Budget Type: Cost
Budgeted Amount: $20.00
Alert Type: ACTUAL
Alert Threshold: > $30.00
ACTUAL Amount: $31.07

[1] https://console.aws.amazon.com/billing/home#/budgets
"""


def enveloped(message: str, subject: str = "ALARM", name: str = "95df01b4") -> str:
    """SNS's envelope, as a queue without raw delivery gets it (SNS developer guide)."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": name,
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:usher-AlarmTopic-1A2B3C",
            "Subject": subject,
            "Message": message,
            "Timestamp": "2026-11-29T09:01:02.345Z",
            "SignatureVersion": "1",
            "Signature": "EXAMPLEpH+",
            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService.pem",
            "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
        }
    )
