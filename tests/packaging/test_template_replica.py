"""The copy of the ledger in a second Region: off unless asked for, whole, and erasable."""

from __future__ import annotations

from tests.packaging.templates import REPLICA, TEMPLATE, Json, listed, statements

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


def test_a_deletion_reaches_the_copy_of_names_and_of_nothing_else() -> None:
    rules = _replication()["Rules"]
    copied = {rule["Filter"]["Prefix"]: rule["DeleteMarkerReplication"]["Status"] for rule in rules}

    assert copied == {
        **dict.fromkeys(("lines/", "closed/", "chain/", "backups/"), "Disabled"),
        **dict.fromkeys(("names/", "csv/", "parked/"), "Enabled"),
    }
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    assert len({rule["Priority"] for rule in rules}) == len(rules)
    assert all(rule["Destination"] == {"Bucket": {"Ref": "LedgerReplicaArn"}} for rule in rules)


def test_everything_that_functions_write_is_copied_but_exports() -> None:
    written = {
        resource["Fn::Sub"].removeprefix("${LedgerBucket.Arn}/").removesuffix("*")
        for role, s in statements(TEMPLATE)
        if "s3:PutObject" in listed(s["Action"])
        for resource in listed(s["Resource"])
    }

    copied = {rule["Filter"]["Prefix"] for rule in _replication()["Rules"]}
    assert written - copied == {"exports/"}


def test_the_copier_reads_the_ledger_with_its_locks_and_deletes_names_alone() -> None:
    granted = {
        action: listed(s["Resource"])
        for role, s in statements(TEMPLATE)
        if role == "ReplicationRole"
        for action in listed(s["Action"])
    }

    locks = {"s3:GetObjectRetention", "s3:GetObjectLegalHold"}
    assert locks < granted.keys(), "else S3 copies nothing that is locked"
    assert "s3:PutObject" not in granted
    assert granted["s3:ReplicateObject"] == [{"Fn::Sub": "${LedgerReplicaArn}/*"}]
    assert granted["s3:ReplicateDelete"] == [
        {"Fn::Sub": f"${{LedgerReplicaArn}}/{folder}/*"} for folder in ("names", "csv", "parked")
    ]


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
    assert ledger.keys() - copy.keys() == {"expire-exports"}
    assert {name: ledger[name] for name in copy} == copy
    for resource in REPLICA["Resources"].values():
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    (statement,) = REPLICA["Resources"]["ReplicaBucketPolicy"]["Properties"]["PolicyDocument"][
        "Statement"
    ]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert REPLICA["Outputs"].keys() == {"LedgerReplicaArn"}
