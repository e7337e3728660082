"""The operator at a terminal, and the programs of this machine."""

import getpass
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.deploying.ports import Done


class Terminal:
    """Implements Console."""

    def say(self, line: str) -> None:
        """Tell something."""
        print(line, flush=True)

    def agrees(self, question: str) -> bool:
        """Ask; no where nobody can be asked."""
        if not sys.stdin.isatty():
            print(f"{question} Nobody is there to say so: --yes does.", flush=True)
            return False
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")

    def ask(self, question: str) -> str:
        """Ask for a line; empty where nobody can be asked."""
        return input(question) if sys.stdin.isatty() else ""

    def secret(self, prompt: str) -> str:
        """Ask for something that is not shown, or read a line that is piped in; may be empty."""
        if sys.stdin.isatty():
            return getpass.getpass(prompt)
        return sys.stdin.readline().strip()


class Machine:
    """Implements Runner, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, program: str) -> str | None:
        """Say where a program is."""
        return shutil.which(program)

    def run(
        self,
        arguments: Sequence[str],
        *,
        stdin: str | None = None,
        quiet: bool = False,
    ) -> Done:
        """Run one in the folder; quiet ones show nothing and give their output back."""
        try:
            done = subprocess.run(  # noqa: S603 - programs that the steps name
                [*arguments],
                cwd=self._folder,
                input=stdin,
                stdin=None if stdin is not None else subprocess.DEVNULL,
                stdout=subprocess.PIPE if quiet else None,
                stderr=subprocess.STDOUT if quiet else None,
                text=True,
                check=False,
            )
        except OSError as error:
            return Done(127, str(error))
        return Done(done.returncode, done.stdout or "")
