"""Nested stacks: their templates go to the bucket and are named there, as by `sam package`."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from infra.local.transform import Json, load

_STACK: Final = "AWS::CloudFormation::Stack"
_S3: Final = "https://s3.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Document:
    """A template as an object of the bucket, by its content."""

    key: str
    content: bytes


def document(template: Json) -> Document:
    """Write a template as JSON."""
    content = json.dumps(template, separators=(",", ":")).encode()
    return Document(f"template-{sha256(content).hexdigest()[:20]}.json", content)


def point(template: Json, folder: Path, bucket: str) -> tuple[Json, Mapping[str, Document]]:
    """Let nested stacks name objects of the bucket; return those too, by the stacks' ids."""
    pointed = copy.deepcopy(template)
    documents: dict[str, Document] = {}
    for name, resource in pointed["Resources"].items():
        if resource["Type"] == _STACK:
            made = document(load(folder / resource["Properties"]["TemplateURL"]))
            resource["Properties"]["TemplateURL"] = f"{_S3}/{bucket}/{made.key}"
            documents[name] = made
    return pointed, documents
