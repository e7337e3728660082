"""The bytes of attachments, kept beside the state file, or in memory where there is none."""

from pathlib import Path


class AttachmentStore:
    """Files by attachment id."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, bytes] = {}

    def put(self, attachment_id: str, content: bytes) -> None:
        """Keep a file."""
        if self._folder is None:
            self._memory[attachment_id] = content
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / attachment_id).write_bytes(content)

    def get(self, attachment_id: str) -> bytes | None:
        """Return a file, or None when it is unknown."""
        if self._folder is None:
            return self._memory.get(attachment_id)
        path = self._folder / attachment_id
        return path.read_bytes() if attachment_id.isdigit() and path.is_file() else None
