"""The front finds every declaration by the index, and imports no more than its room for it."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.unit.slash.payloads import data, interaction
from usher.catalogue import ROUTER
from usher.indexing import directory, index
from usher.slash.actions import action
from usher.slash.context import Ctx
from usher.slash.errors import DeclarationError, UserError
from usher.slash.index import Index
from usher.slash.interaction import read_interaction
from usher.slash.replies import Reply
from usher.slash.router import Router
from usher.slash.routes import Routes

FUNCTIONS: Final = Path(__file__).parents[2] / "functions"
INDEX: Final = Index.read(index(ROUTER).write())


def test_everything_that_is_declared_is_found_where_it_was_declared() -> None:
    assert [INDEX.command(one.path) for one in ROUTER.commands()] == [*ROUTER.commands()]
    assert [INDEX.action(one.name) for one in ROUTER.actions()] == [*ROUTER.actions()]
    assert [INDEX.menu(one.kind, one.name) for one in ROUTER.menus] == [*ROUTER.menus]


def test_what_there_is_not_is_not_found() -> None:
    assert INDEX.command(("invite", "nonsense")) is None
    assert INDEX.action("nonsense.press") is None
    assert INDEX.menu(2, "Nonsense") is None
    with pytest.raises(UserError, match="do not know that command"):
        Routes(INDEX).route(read_interaction(interaction(2, data("invite nonsense"))))


def test_a_command_is_routed_by_the_index_as_by_everything() -> None:
    asked = read_interaction(interaction(2, data("invite view")))

    assert Routes(INDEX).route(asked) == ROUTER.route(asked)


def test_what_has_no_name_in_its_module_cannot_be_indexed() -> None:
    def hidden(ctx: Ctx[object]) -> Reply:
        return Reply("hidden")

    with pytest.raises(DeclarationError, match="no name of its own"):
        index(Router((), (action("hidden.press")(hidden),)))


def test_an_artefact_has_an_index_and_a_checkout_everything(tmp_path: Path) -> None:
    file = tmp_path / "index.json"
    assert directory(file) is ROUTER

    file.write_text(INDEX.write(), encoding="utf-8")

    assert directory(file) == INDEX


def test_with_the_index_one_room_is_imported_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "index.json"
    file.write_text(INDEX.write(), encoding="utf-8")
    probe = (
        "import sys; from pathlib import Path; from usher.indexing import directory;"
        f"found = directory(Path({str(file)!r})).command(('invite', 'view'));"
        "print(found.name, *(n for n in sys.modules if n.endswith('commands')), sep='\\n')"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-S", "-c", probe],
        env={"PYTHONPATH": str(FUNCTIONS)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split("\n")[:-1] == [
        "invite view",
        "usher.slash.commands",
        "usher.credit.commands",
    ]
