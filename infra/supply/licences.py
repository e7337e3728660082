"""`python -m infra.supply.licences`: writes docs/licences.md: who ships under what."""

from importlib.metadata import metadata
from typing import Final

from infra.supply.shipped import ROOT, Package, packages

PAGE: Final = ROOT / "docs" / "licences.md"

ALLOWED: Final = frozenset(
    {"Apache-2.0", "BSD-3-Clause", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0"},
)
"""None of them asks for more than that its text goes along, which the wheels see to."""

_SPELLINGS: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Python Software Foundation License": "PSF-2.0",
}
_BY_HAND: Final = {
    "crawler-user-agents": "MIT",  # its wheel says nothing; the LICENSE of its repository does
    "python-dateutil": "Apache-2.0",  # "Dual License": either, by choice
}


def licence(package: Package) -> str:
    """Name a package's licence, as an SPDX expression where its wheel can be read so."""
    if package.name in _BY_HAND:
        return _BY_HAND[package.name]
    told = metadata(package.name)
    classified = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    written = told.get("License-Expression") or told.get("License") or ""
    short = written if written and len(written) < 30 else next(iter(classified), "")
    return _SPELLINGS.get(short, short) or "unknown"


def allowed(expression: str) -> bool:
    """Whether every licence of an expression is among those that are allowed."""
    return all(part in ALLOWED for part in expression.split(" AND "))


def page() -> str:
    """Write the page."""
    rows = [
        f"| {one.name} | {one.version} | {licence(one)} | {_where(one)} |" for one in packages()
    ]
    return "\n".join(
        [
            "# What is shipped, and under which licence",
            "",
            "Written by `make licences` from lock and packages; a test holds it.",
            "Usher itself is under the MIT licence.",
            "",
            "| package | version | licence | in |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _where(package: Package) -> str:
    return ", ".join(package.rooms) if len(package.rooms) < 5 else f"{len(package.rooms)} rooms"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
