"""The digests of an edition: of a draft as canonical JSON, and of the code and tables that judge by it."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import domain.policy
from domain.canonical_json import canonical_json
from domain.rerun.draft import EditionDraft
from domain.rerun.report import EditionRun


def edition_run(draft: EditionDraft) -> EditionRun:
    """Return an edition's name and digests, as a report names them."""
    content = canonical_json(draft.model_dump(mode="json"))
    return EditionRun(
        name=draft.name, after=draft.after, why=draft.why, sha256=sha256(content).hexdigest(),
        rules_sha256=rules_sha256(),
    )  # fmt: skip


@cache
def rules_sha256() -> str:
    """Return the digest of the rule book's source: of each file of `domain/policy`, by its name, in their order.

    `(cd domain/policy && find . -name '*.py' | LC_ALL=C sort | xargs sha256sum | sha256sum)` gives the same.
    """
    folder = Path(domain.policy.__path__[0])
    files = sorted(folder.rglob("*.py"), key=lambda file: f"./{file.relative_to(folder).as_posix()}".encode())
    lines = (f"{sha256(file.read_bytes()).hexdigest()}  ./{file.relative_to(folder).as_posix()}\n" for file in files)
    return sha256("".join(lines).encode()).hexdigest()
