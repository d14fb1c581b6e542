"""The id of a build: a digest of what decides, so that a change of the documents makes no new version."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

import activities
import domain
import workflows

DEPLOYMENT: Final = "accord"
"""The name of the worker deployment in Temporal."""

RULES_DEPLOYMENT: Final = "accord-rules"
"""The deployment that answers for registers, lists and rule book. Of the other, a run's own version would be asked."""

_PACKAGES: Final = (workflows, domain, activities)
_LIBRARIES: Final = ("temporalio", "pydantic", "pydantic-core")


@lru_cache
def build_id() -> str:
    """Return the id of this build: Accord's version, and 12 hexadecimal digits of what decides.

    What decides are the sources of workflows, activities and domain, and the versions of the libraries that replay.
    """
    digest = hashlib.sha256()
    for package in _PACKAGES:
        folder = Path(str(package.__file__)).parent
        for place in sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.py")):
            digest.update(f"{package.__name__}/{place}\0".encode() + (folder / place).read_bytes() + b"\0")
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    return f"{version('accord')}-{digest.hexdigest()[:12]}"
