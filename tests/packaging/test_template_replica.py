"""The copy of the ledger in a second Region: off unless asked for, and without names."""

from __future__ import annotations

from tests.packaging.templates import ALARMS, REPLICA, TEMPLATE, Json, listed, of_type, statements

RESOURCES = TEMPLATE["Resources"]
LEDGER = RESOURCES["LedgerBucket"]["Properties"]
COPY = REPLICA["Resources"]["ReplicaBucket"]["Properties"]


def _replication() -> Json:
    condition, replication, otherwise = LEDGER["ReplicationConfiguration"]["Fn::If"]
    assert (condition, otherwise) == ("LedgerIsCopied", {"Ref": "AWS::NoValue"})
    found: Json = replication
    return found


def _ended(bucket: Json) -> dict[str, Json]:
    rules: list[Json] = bucket["LifecycleConfiguration"]["Rules"]
    return {rule["Id"]: rule for rule in rules}


def test_nothing_is_copied_unless_a_bucket_is_named() -> None:
    assert TEMPLATE["Parameters"]["LedgerReplicaArn"]["Default"] == ""
    assert TEMPLATE["Conditions"]["LedgerIsCopied"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "LedgerReplicaArn"}, ""]}]
    }
    for name in ("ReplicationRole", "ReplicationPolicy"):
        assert RESOURCES[name]["Condition"] == "LedgerIsCopied"


def test_no_deletion_reaches_the_copy() -> None:
    rules = _replication()["Rules"]

    assert {rule["DeleteMarkerReplication"]["Status"] for rule in rules} == {"Disabled"}
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    assert len({rule["Priority"] for rule in rules}) == len(rules)
    assert all(rule["Destination"]["Bucket"] == {"Ref": "LedgerReplicaArn"} for rule in rules)


def test_the_rule_that_an_alarm_watches_is_measured_and_no_other() -> None:
    (alarm,) = (
        one
        for one in of_type(ALARMS, "AWS::CloudWatch::Alarm").values()
        if one.get("MetricName") == "OperationsFailedReplication"
    )
    watched = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}["RuleId"]

    measured = {rule["Id"] for rule in _replication()["Rules"] if "Metrics" in rule["Destination"]}
    assert measured == {watched}


def test_everything_that_functions_write_is_copied_but_what_names_people() -> None:
    written = {
        resource["Fn::Sub"].removeprefix("${LedgerBucket.Arn}/").partition("/")[0]
        for role, s in statements(TEMPLATE)
        if "s3:PutObject" in listed(s["Action"])
        for resource in listed(s["Resource"])
    }

    copied = {rule["Filter"]["Prefix"].removesuffix("/") for rule in _replication()["Rules"]}
    assert {"lines", "closed", "chain", "backups"} < copied
    assert written - copied == {"names", "csv", "parked", "exports", "evidence"}


def test_the_copier_reads_the_ledger_with_its_locks_and_writes_copies_alone() -> None:
    granted = {
        action: s["Resource"]
        for role, s in statements(TEMPLATE)
        if role == "ReplicationRole"
        for action in listed(s["Action"])
    }

    locks = {"s3:GetObjectRetention", "s3:GetObjectLegalHold"}
    assert locks < granted.keys(), "else S3 copies nothing that is locked"
    changing = {action for action in granted if not action.startswith(("s3:Get", "s3:List"))}
    assert changing == {"s3:ReplicateObject", "s3:ReplicateTags"}
    assert granted["s3:ReplicateObject"] == {"Fn::Sub": "${LedgerReplicaArn}/*"}


def test_the_copy_is_kept_and_guarded_as_the_ledger_is() -> None:
    for name in (
        "VersioningConfiguration",
        "ObjectLockEnabled",
        "BucketEncryption",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
    ):
        assert COPY[name] == LEDGER[name], name
    ledger, copy = _ended(LEDGER), _ended(COPY)
    named = {"expire-exports", "expire-evidence", "expire-parked", "erase-names", "erase-csv"}
    assert ledger.keys() - copy.keys() == named
    assert {name: ledger[name] for name in copy} == copy
    for resource in REPLICA["Resources"].values():
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    (statement,) = REPLICA["Resources"]["ReplicaBucketPolicy"]["Properties"]["PolicyDocument"][
        "Statement"
    ]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert REPLICA["Outputs"].keys() == {"LedgerReplicaArn"}
