"""`make audit`: whether anything that is shipped is known to be vulnerable.

pip-audit asks the package index's advisories. Where the index answers nothing for a package, that
is said: what was not asked is not sound, but no reason to stop a build without network either.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from infra.supply.shipped import packages


@dataclass(slots=True)
class Verdict:
    """What an audit found."""

    sound: list[str] = field(default_factory=list)
    vulnerable: list[str] = field(default_factory=list)
    """A sentence each: which package, which advisory, mended in which version."""
    unasked: list[str] = field(default_factory=list)
    """Of whom nothing was learnt."""


def audit(service: Sequence[str] = ()) -> Verdict:
    """Ask about everything that is shipped. `service` are pip-audit's options for another one."""
    pins = {one.name: one.version for one in packages()}
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
        done = subprocess.run(  # noqa: S603 - our own interpreter
            [
                *(sys.executable, "-m", "pip_audit", "--requirement", str(listed)),
                *("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"),
                *("--cache-dir", folder, "--timeout", "10", *service),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Verdict(unasked=list(pins))
    return _verdict(told)


def _verdict(told: Sequence[dict[str, object]]) -> Verdict:
    verdict = Verdict()
    for one in told:
        name, found = str(one["name"]), one.get("vulns")
        if not isinstance(found, list):
            verdict.unasked.append(name)
        elif not found:
            verdict.sound.append(name)
        for flaw in found if isinstance(found, list) else ():
            mended = ", ".join(flaw["fix_versions"]) or "no version yet"
            verdict.vulnerable.append(f"{name} {one['version']}: {flaw['id']}, mended in {mended}")
    return verdict


def main(service: Sequence[str] = ()) -> int:
    """Print the verdict; 1 when something is known to be vulnerable."""
    verdict = audit(service)
    for sentence in verdict.vulnerable:
        print(sentence)  # noqa: T201 - a report
    count = f"{len(verdict.sound)} packages without a known advisory"
    if verdict.unasked:
        count += f"; {len(verdict.unasked)} NOT ASKED, the advisory service did not answer for them"
    print(f"{count}.")  # noqa: T201
    return 1 if verdict.vulnerable else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
