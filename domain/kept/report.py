"""A report that is kept under a signed line: the same content is the same bytes, and so the same digest."""

from __future__ import annotations

import hashlib

from domain.canonical_json import canonical_json
from domain.values import Value


class SignedReport(Value):
    """A report with the bytes by which it is kept. Each kind of report says what it holds."""

    @property
    def content(self) -> bytes:
        """The bytes of the report, as they are kept and signed."""
        return canonical_json(self.model_dump(mode="json")) + b"\n"

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return hashlib.sha256(self.content).hexdigest()
