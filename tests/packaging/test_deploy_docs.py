"""docs/deploy.md names what there is: permissions, parameters, options of the command."""

from __future__ import annotations

import argparse
import re

from infra.cli import deploy, destroy
from infra.deploying.needs import NEEDS
from infra.local.host import ROOT
from tests.packaging.templates import TEMPLATE

TEXT = (ROOT / "docs" / "deploy.md").read_text()
OTHERS = {
    *("--abort", "--bucket", "--bypass-governance-retention", "--force", "--help", "--install"),
    *("--no-deletion-protection-enabled", "--privileged", "--repository-name", "--rm"),
    *("--secret-id", "--table-name", "--warm-throughput"),
}
"""Options of other programs."""


def _options() -> set[str]:
    parser = argparse.ArgumentParser()
    actions = parser.add_subparsers()
    for module in (deploy, destroy):
        module.add_parser(actions)
    return {
        option
        for one in actions.choices.values()
        for action in one._actions
        for option in action.option_strings
    }


def test_every_permission_is_listed_and_no_other() -> None:
    [table] = re.findall(r"\| permission \| why \|\n\| --- \| --- \|\n((?:\|.*\n)+)", TEXT)
    listed = [name.strip() for row in table.splitlines() for name in row.split("|")[1].split(",")]

    assert sorted(listed) == sorted(need.name for need in NEEDS)


def test_every_parameter_that_is_named_is_one() -> None:
    set_ones = set(re.findall(r"--set (\w+)=", TEXT)) - {"NAME"}
    shown = set(re.findall(r"`((?:Listener|Ledger|Referral|Import|Log)[A-Z]\w+)(?:=\w+)?`", TEXT))

    assert len(set_ones | shown) >= 8
    assert set_ones | shown <= TEMPLATE["Parameters"].keys()


def test_every_option_that_is_named_is_one() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT))

    assert named - OTHERS <= _options()
    assert {"--stage", "--no-listener", "--adopt-table", "--new-secrets"} <= named
