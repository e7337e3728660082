"""What `usher deploy` reads of a stack, on the emulator that has the real one."""

from __future__ import annotations

from infra.deploying.account import Account
from infra.deploying.account_stacks import AccountStacks
from infra.deploying.model import KEPT
from infra.deploying.sdk import Clients
from infra.local.aws import REGION
from infra.local.deploy import STACK
from infra.local.settings import TOKEN_SECRET
from tests.local.stacks import PARAMETERS, Stack


def _client(stack: Stack) -> Clients:
    kinds: dict[str, object] = {
        "cloudformation": stack.cloud.cloudformation,
        "secretsmanager": stack.cloud.secrets,
    }
    return kinds.__getitem__


def test_a_stack_tells_its_parameters_and_outputs(stack: Stack) -> None:
    found = AccountStacks(_client(stack)).stack(STACK)

    assert found is not None
    assert found.status == "CREATE_COMPLETE"
    assert PARAMETERS.items() <= found.parameters.items()
    assert found.outputs["InteractionsEndpoint"].endswith("/interactions")
    assert found.outputs["StageName"] == PARAMETERS["Stage"]
    assert "ListenerCluster" not in found.outputs


def test_what_is_kept_is_found_by_its_names(stack: Stack) -> None:
    found = {one.logical_id: one for one in AccountStacks(_client(stack)).resources(STACK)}

    for name in KEPT[:2]:
        assert found[name].physical_id == stack.physical(name)


def test_a_stack_that_is_not_there_is_none(stack: Stack) -> None:
    stacks = AccountStacks(_client(stack))

    assert stacks.stack("nobody") is None
    assert stacks.change_sets("nobody") == frozenset()


def test_secrets_are_where_the_template_reads_them(stack: Stack) -> None:
    account = Account(_client(stack), REGION)

    assert account.secret(TOKEN_SECRET) == "the token"
    assert account.secret("usher/nobody/discord-token") is None
