"""Roles, logs and settings in the templates: least privilege, whoever edits them."""

from __future__ import annotations

import pytest

from tests.packaging.templates import (
    FUNCTIONS,
    LISTENER,
    ROOMS,
    TEMPLATE,
    Json,
    listed,
    of_type,
    statements,
)
from usher.analytics.store import FiguresRow, PlacesRow, ProgressRow
from usher.attribution.backfill_store import BackfillRow
from usher.attribution.gate_store import SearchRow
from usher.greeting.store import WRITTEN as GREETINGS_WRITTEN
from usher.integrity.store import IntegrityRow
from usher.ledger.head_store import ChainRow
from usher.rewards.store import WRITTEN
from usher.timing.term_table import BEGUN, ENDED

BOTH = pytest.mark.parametrize("template", [TEMPLATE, LISTENER], ids=["template", "listener"])


@BOTH
def test_no_action_is_a_wildcard(template: Json) -> None:
    actions = [action for _, s in statements(template) for action in listed(s["Action"])]

    assert actions
    assert [action for action in actions if "*" in action] == []


@BOTH
def test_no_resource_is_everything(template: Json) -> None:
    # Neither action takes a resource: AWS's service authorization references of ECR, CloudWatch.
    wide = [
        statement["Action"]
        for _, statement in statements(template)
        if "*" in listed(statement["Resource"])
    ]

    assert wide in (["cloudwatch:GetMetricData"], ["ecr:GetAuthorizationToken"])


@BOTH
def test_no_role_leans_on_a_managed_policy(template: Json) -> None:
    roles = of_type(template, "AWS::IAM::Role")

    assert roles
    assert not any("ManagedPolicyArns" in role for role in roles.values())
    assert "AWSLambdaBasicExecutionRole" not in str(template)


def test_functions_that_feed_their_own_queue_may_and_no_others() -> None:
    # Lambda ends such a chain after 16 rounds (guide: recursive loop detection).
    allowed, feeding = set(), set()
    for name, function in FUNCTIONS.items():
        fed = {event["Properties"]["Queue"]["Fn::GetAtt"][0] for event in queues_of(function)}
        role = function["Role"]["Fn::GetAtt"][0]
        sends = {
            resource["Fn::GetAtt"][0]
            for owner, statement in statements(TEMPLATE)
            if owner == role and "sqs:SendMessage" in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
        if fed & sends:
            feeding.add(name)
        if function.get("RecursiveLoop") == "Allow":
            allowed.add(name)

    assert allowed == feeding == {"ConfirmerFunction", "EffectsFunction", "WebhooksFunction"}


def queues_of(function: Json) -> list[Json]:
    return [event for event in function.get("Events", {}).values() if event["Type"] == "SQS"]


def test_every_function_has_a_role_of_its_own() -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in FUNCTIONS.values()]

    assert len(set(roles)) == len(FUNCTIONS) == len(ROOMS)
    assert not any("Policies" in function for function in FUNCTIONS.values())


def test_every_function_writes_to_its_own_log_only() -> None:
    for function in FUNCTIONS.values():
        group = function["LoggingConfig"]["LogGroup"]["Ref"]
        role = function["Role"]["Fn::GetAtt"][0]
        logs = [
            statement["Resource"]
            for name, statement in statements(TEMPLATE)
            if name == role and "logs:PutLogEvents" in listed(statement["Action"])
        ]
        assert logs == [{"Fn::GetAtt": [group, "Arn"]}]


def test_only_five_read_the_token() -> None:
    readers = {
        role
        for role, s in statements(TEMPLATE)
        if "secretsmanager:GetSecretValue" in listed(s["Action"]) and s["Sid"] != "ReadWebhook"
    }

    assert readers == {
        "EffectsRole",
        "ConfirmerRole",
        "CommandWorkerRole",
        "IntegrityRole",
        "ReferralApiRole",
    }


def test_who_tells_of_alarms_reads_its_webhook_writes_its_own_rows_and_does_little_else() -> None:
    mine = {s["Sid"]: s for role, s in statements(TEMPLATE) if role == "AlertsRole"}

    assert mine.keys() == {
        *("WriteOwnLog", "ConsumeAlarms", "KeepIncidents", "ReadFigures", "ReadWebhook")
    }
    assert "${AlertsWebhookSecretName}" in mine["ReadWebhook"]["Resource"]["Fn::Sub"]
    assert mine["KeepIncidents"]["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": "ALERT#*"}
    }
    readers = [role for role, s in statements(TEMPLATE) if "AlertsWebhookSecretName" in str(s)]
    assert readers == ["AlertsRole"]


def test_only_the_door_of_links_reads_the_client_s_secret() -> None:
    readers = [role for role, s in statements(TEMPLATE) if "DiscordClientSecretName" in str(s)]

    assert readers == ["ReferralApiRole"]


def test_who_answers_members_writes_no_more_of_the_bucket_than_they_ask_for() -> None:
    resources = [
        s["Resource"]
        for role, s in statements(TEMPLATE)
        if role == "CommandWorkerRole" and "s3:PutObject" in listed(s["Action"])
    ]

    assert resources == [
        {"Fn::Sub": "${LedgerBucket.Arn}/names/*/onboarding-*.json"},
        {"Fn::Sub": "${LedgerBucket.Arn}/exports/*"},
        {"Fn::Sub": "${LedgerBucket.Arn}/evidence/*"},
        {"Fn::Sub": "${LedgerBucket.Arn}/erased/*/asked.json"},
    ]


@pytest.mark.parametrize("role", ["InteractionsRole", "CommandWorkerRole"])
def test_who_answers_members_writes_presses_and_little_else(role: str) -> None:
    # The emulator does not know dynamodb:LeadingKeys, so this one is read, not tried.
    writes = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
    own = [
        s
        for name, s in statements(TEMPLATE)
        if name == role and writes & {a.partition(":")[2] for a in listed(s["Action"])}
    ]
    put, *others = own
    mine = ["WriteReferrals", "BeginTerms", "MoveStepsAndTakeBack"]
    mine += ["KeepCases", "KeepSanctions", "KeepOnboardings", "ShareDiscordLimits"]
    beside = mine if role == "CommandWorkerRole" else []
    assert [s["Sid"] for s in others] == beside

    assert listed(put["Action"]) == ["dynamodb:PutItem"]
    assert put["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "B#*"}}


def test_who_answers_members_begins_terms_and_changes_nothing_else_of_a_guild() -> None:
    (begin,) = [s for _, s in statements(TEMPLATE) if s.get("Sid") == "BeginTerms"]

    assert listed(begin["Action"]) == ["dynamodb:UpdateItem"]
    assert begin["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": "G#*"},
        "ForAllValues:StringEquals": {"dynamodb:Attributes": [*BEGUN]},
    }


def test_who_takes_answers_writes_onboardings_and_drafts() -> None:
    keys = {
        role: s["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for role, s in statements(TEMPLATE)
        if s.get("Sid") == "KeepOnboardings"
    }

    assert keys == {"CommandWorkerRole": ["ON#*", "OD#*"], "EffectsRole": "ON#*"}


def test_who_makes_links_writes_them_and_nothing_else() -> None:
    keys = {
        role: s["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for role, s in statements(TEMPLATE)
        if s.get("Sid") in ("WriteReferrals", "KeepReferrals")
    }

    assert keys == {
        "CommandWorkerRole": ["R#*", "L#*", "K#*", "H#*"],
        "ReferralApiRole": ["R#*", "L#*", "K#*", "I#*", "H#*", "O#*", "BUDGET#*", "SALT"],
    }


def test_the_confirmer_writes_search_and_backfill_rows_and_nothing_else() -> None:
    # The emulator takes dynamodb:Attributes from projections only, so this one is read, not tried.
    (update,) = [
        s
        for role, s in statements(TEMPLATE)
        if role == "ConfirmerRole" and "dynamodb:UpdateItem" in listed(s["Action"])
        if s["Sid"] != "ShareDiscordLimits"
    ]

    assert listed(update["Action"]) == ["dynamodb:UpdateItem"]
    (names,) = update["Condition"].values()
    own = {*SearchRow.get_attributes(), *BackfillRow.get_attributes()}
    assert set(names["dynamodb:Attributes"]) == own


def test_the_sweeper_reads_what_is_due_tells_of_it_and_does_nothing_else() -> None:
    granted = {
        action: s["Resource"]
        for role, s in statements(TEMPLATE)
        if role == "SweeperRole"
        for action in listed(s["Action"])
        if not action.startswith("logs:")
    }

    assert granted == {
        "dynamodb:Query": {"Fn::Sub": "${UsherTable.Arn}/index/due"},
        "sqs:SendMessage": [
            {"Fn::GetAtt": ["EventsQueue", "Arn"]},
            {"Fn::GetAtt": ["EffectsQueue", "Arn"]},
            {"Fn::GetAtt": ["HooksQueue", "Arn"]},
        ],
    }


def test_who_calls_strangers_is_near_nothing_worth_calling() -> None:
    mine = [s for role, s in statements(TEMPLATE) if role == "WebhooksRole"]
    keys = {
        tuple(sorted(listed(s["Action"]))): listed(
            s["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        )
        for s in mine
        if any(action.startswith("dynamodb:") for action in listed(s["Action"]))
    }

    assert keys == {
        (
            *("dynamodb:DeleteItem", "dynamodb:GetItem"),
            *("dynamodb:PutItem", "dynamodb:Query"),
        ): ["H#*"],
        ("dynamodb:GetItem",): ["G#*"],
    }
    others = {action.partition(":")[0] for s in mine for action in listed(s["Action"])}
    assert others == {"dynamodb", "logs", "sqs"}


def test_the_effects_function_writes_rows_of_its_own_and_ends_of_terms_and_nothing_else() -> None:
    updates = {
        s["Sid"]: s
        for role, s in statements(TEMPLATE)
        if role == "EffectsRole" and "dynamodb:UpdateItem" in listed(s["Action"])
        if s["Sid"] != "ShareDiscordLimits"
    }

    puts = [sid for sid, s in updates.items() if listed(s["Action"]) != ["dynamodb:UpdateItem"]]
    assert sorted(puts) == ["CountReferrals", "KeepCases", "KeepOnboardings"]
    conditions = {sid: s["Condition"] for sid, s in updates.items()}
    # What is tried again is written with attributes that milestones' problems have too.
    ended = [name for name in ENDED if name not in {"tries", "told"}]
    assert conditions == {
        "KeepMilestonesAndProblems": {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": "G#*"},
            "ForAllValues:StringEquals": {"dynamodb:Attributes": [*WRITTEN]},
        },
        "EndTerms": {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": "G#*"},
            "ForAllValues:StringEquals": {"dynamodb:Attributes": ended},
        },
        "KeepCases": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "C#*"}},
        "KeepSanctions": {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": "G#*"},
            "ForAllValues:StringEquals": {
                "dynamodb:Attributes": ["pk", "sk", "due", "due_at", "version", "sanction", "ttl"]
            },
        },
        "CountReferrals": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "L#*"}},
        "KeepOnboardings": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "ON#*"}},
        "KeepGreetings": {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": "GREET#*"},
            "ForAllValues:StringEquals": {"dynamodb:Attributes": [*GREETINGS_WRITTEN]},
        },
    }


def test_who_holds_the_token_shares_its_limits_and_who_reads_them_may() -> None:
    token = {role for role, s in statements(TEMPLATE) if s.get("Sid") == "ReadBotToken"}
    shares = {
        role: s["Condition"]
        for role, s in statements(TEMPLATE)
        if s.get("Sid") == "ShareDiscordLimits"
    }

    assert set(shares) == token
    rows = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "DL#*"}}
    assert all(condition == rows for condition in shares.values())


def test_the_daily_job_writes_heads_and_what_is_erased_from_cases_alone() -> None:
    updates = [
        s
        for role, s in statements(TEMPLATE)
        if role == "LogBackupRole" and "dynamodb:UpdateItem" in listed(s["Action"])
    ]

    assert all(listed(s["Action"]) == ["dynamodb:UpdateItem"] for s in updates)
    allowed = {
        s["Condition"].get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys"): set(
            s["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
        )
        for s in updates
    }
    assert allowed == {
        None: set(ChainRow.get_attributes()),
        "C#*": {"pk", "sk", "case", "version"},
        "G#*": {"pk", "sk", "due", "due_at", "version", "ttl"},
    }


def test_the_rollup_writes_figures_and_nothing_else() -> None:
    (update,) = [
        s
        for role, s in statements(TEMPLATE)
        if role == "RollupRole" and "dynamodb:UpdateItem" in listed(s["Action"])
    ]
    actions = {
        a for role, s in statements(TEMPLATE) if role == "RollupRole" for a in listed(s["Action"])
    }

    assert listed(update["Action"]) == ["dynamodb:UpdateItem"]
    (names,) = update["Condition"].values()
    own = {name for row in (FiguresRow, PlacesRow, ProgressRow) for name in row.get_attributes()}
    assert set(names["dynamodb:Attributes"]) == own
    assert not {a for a in actions if a.startswith("s3:Put")}


def test_the_check_writes_what_it_has_found_and_nothing_else() -> None:
    own = [s for role, s in statements(TEMPLATE) if role == "IntegrityRole"]
    own = [s for s in own if s["Sid"] != "ShareDiscordLimits"]
    (update,) = [s for s in own if "dynamodb:UpdateItem" in listed(s["Action"])]
    actions = {action for statement in own for action in listed(statement["Action"])}

    assert listed(update["Action"]) == ["dynamodb:UpdateItem"]
    (names,) = update["Condition"].values()
    assert set(names["dynamodb:Attributes"]) == set(IntegrityRow.get_attributes())
    assert not {a for a in actions if a.startswith(("s3:Put", "s3:Delete", "dynamodb:Put"))}


def test_the_daily_job_writes_no_line() -> None:
    (put,) = [
        s
        for role, s in statements(TEMPLATE)
        if role == "LogBackupRole" and "s3:PutObject" in listed(s["Action"])
    ]

    folders = [resource["Fn::Sub"].partition("}/")[2] for resource in put["Resource"]]
    written = ["backups/*", "chain/*", "closed/*", "csv/*", "erased/*/swept.json", "names/*"]
    assert sorted(folders) == written


def test_only_the_daily_job_may_destroy_and_only_where_names_rest() -> None:
    (destroy,) = [
        (role, s)
        for role, s in statements(TEMPLATE)
        if any(action.startswith("s3:Delete") for action in listed(s["Action"]))
    ]

    role, statement = destroy
    assert (role, listed(statement["Action"])) == ("LogBackupRole", ["s3:DeleteObjectVersion"])
    folders = [resource["Fn::Sub"].partition("}/")[2] for resource in statement["Resource"]]
    assert folders == ["names/*", "csv/*", "exports/*", "parked/*", "evidence/*"]


def test_nothing_may_pass_the_ledger_s_lock() -> None:
    actions = {action for _, s in statements(TEMPLATE) for action in listed(s["Action"])}

    assert not {a for a in actions if a.startswith("s3:Bypass")}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_no_environment_carries_a_secret(function: str) -> None:
    variables = FUNCTIONS[function]["Environment"]["Variables"]
    secretive = {
        name for name in variables if any(word in name for word in ("TOKEN", "SECRET", "PASSWORD"))
    }

    # Names, resolved at run time.
    names = {
        "DISCORD_TOKEN_SECRET": {"Ref": "DiscordTokenSecretName"},
        "DISCORD_CLIENT_SECRET": {"Ref": "DiscordClientSecretName"},
        "ALERTS_WEBHOOK_SECRET": {"Ref": "AlertsWebhookSecretName"},
    }
    assert {name: variables[name] for name in secretive} == {n: names[n] for n in secretive}
    assert "resolve:secretsmanager" not in str(TEMPLATE)


@BOTH
def test_every_log_group_forgets(template: Json) -> None:
    groups = of_type(template, "AWS::Logs::LogGroup")

    assert groups
    assert all(group["RetentionInDays"] == {"Ref": "LogRetentionDays"} for group in groups.values())


def test_every_function_has_a_log_group_of_its_own() -> None:
    groups = [function["LoggingConfig"]["LogGroup"]["Ref"] for function in FUNCTIONS.values()]

    assert len(set(groups)) == len(FUNCTIONS)
    assert set(groups) <= set(of_type(TEMPLATE, "AWS::Logs::LogGroup"))
