"""A child that never outlives its parent: the parent holds a pipe open, the child watches it.

The kernel closes the parent's end even when the parent dies by SIGKILL; the child then reads the
end of the file. Nothing here is Linux only. As a program, `python -m infra.local.leash PACKAGE`
runs that package on such a leash.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
from collections.abc import Callable


def when_parent_goes(action: Callable[[], object]) -> None:
    """Call `action`, in a thread of its own, once the pipe on standard input is closed."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        action()

    threading.Thread(target=watch, name="leash", daemon=True).start()


def _ask_then_force(grace_seconds: float = 15.0) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    timer = threading.Timer(grace_seconds, os._exit, args=(1,))
    timer.daemon = True
    timer.start()


def main() -> None:
    """Run the package named by the first argument as `python -m` would, on the leash."""
    package = sys.argv.pop(1)
    when_parent_goes(_ask_then_force)
    runpy.run_module(package, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
