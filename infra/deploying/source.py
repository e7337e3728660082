"""Which version of the listener this checkout holds: the tag of its image.

The last commit that changed what goes into the image, so that a deployment which does not touch the
listener does not restart it. What is not committed adds a hash of its own: a tag names one content.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from infra.deploying.ports import Runner

INPUTS: Final = ("gateway_listener", "functions/usher")
LENGTH: Final = 12


def image_tag(runner: Runner, source: Path, architecture: str) -> str:
    """Name the image of this checkout, for an architecture."""
    found = runner.run(
        ["git", "log", "-1", f"--abbrev={LENGTH}", "--format=%h", "--", *INPUTS], quiet=True
    )
    changed = runner.run(["git", "status", "--porcelain", "--", *INPUTS], quiet=True)
    commit = found.output.strip() if found.code == 0 else ""
    if commit and changed.code == 0 and not changed.output.strip():
        return f"{commit}-{architecture}"
    return f"{commit or 'nogit'}-{content(source)}-{architecture}"


def content(source: Path) -> str:
    """Hash what goes into the image."""
    digest = sha256()
    for folder in INPUTS:
        for file in sorted((source / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(source).as_posix()}\0".encode())
                digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:LENGTH]
