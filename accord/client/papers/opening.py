"""Open the papers of an organisation, and tell their faults in one line with the remedy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import asyncpg

from accord.client.database import open_database
from accord.presentation.faults import BadInput, Refused, Unreachable
from deploy.settings import papers_place, scanner

if TYPE_CHECKING:
    from papers.keeping import Papers

NO_PLACE: Final = "no papers are kept here yet; an operator sets up a place for them"
"""The same for people who read a page."""
NOT_KEPT: Final = "no papers are kept here: set ACCORD_PAPERS to a folder, or to s3://BUCKET/PREFIX"
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}")


def papers_of_place(pool: asyncpg.Pool, place: str, scan: str) -> Papers:
    """Return the papers in a store. It reads the library of stores, which nothing else waits for."""
    from papers.keeping import Papers
    from papers.store import Store

    return Papers(pool, Store(place), scan)


def open_papers(pool: asyncpg.Pool) -> Papers:
    """Return the papers of this machine's settings.

    Raises:
        Unreachable: No store is set, or it cannot be opened.
    """
    if not (place := papers_place()):
        raise Unreachable(NOT_KEPT)
    with faults_of_papers(place):
        return papers_of_place(pool, place, scanner())


@contextmanager
def faults_of_papers(field: str) -> Iterator[None]:
    """Tell the faults of a paper in the words of a command. `field`: the option or file that it came by."""
    from papers.keeping import PaperClosed
    from papers.kinds import PaperRefused
    from papers.sealing import PaperChanged, PaperDamaged
    from papers.store import ObjectMissing, StoreUnavailable

    try:
        yield
    except (PaperRefused, PaperChanged) as fault:
        raise BadInput(f"{field}: {fault}") from fault
    except PaperClosed as fault:
        raise Refused(f"{field}: {fault}", "PaperClosed") from fault
    except PaperDamaged as fault:
        words = f"{field}: the store holds something else in its place ({fault}); put the file again, or restore it"
        raise Refused(words, "PaperDamaged") from fault
    except ObjectMissing as fault:
        words = f"{field}: the store has lost it; put the file again, or restore the store"
        raise Refused(words, "PaperMissing") from fault
    except StoreUnavailable as fault:
        raise Unreachable(str(fault)) from fault


async def filed(document: Path | None, by: str, subject: str, option: str = "--document") -> str | None:
    """Return the SHA-256 of a document, or None if none is given. Where papers are kept, the file is kept.

    A digest instead of a file names a paper that stays with whoever has it.

    Raises:
        BadInput: The file cannot be opened, or is no paper that is kept.
        Unreachable: The store does not answer.
    """
    if document is None:
        return None
    if _DIGEST.fullmatch(str(document)):
        return str(document).lower()
    if not papers_place():
        return _digest_of(document)
    async with open_database() as pool:
        papers = open_papers(pool)
        with faults_of_papers(f"{option} {document}"), opened_file(document) as file:
            return (await papers.put(file, by, subject, document.name)).sha256


@contextmanager
def opened_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read. Raises BadInput if it cannot be."""
    try:
        file = path.open("rb")
    except OSError as fault:
        raise BadInput(f"{path} cannot be opened: {fault.strerror}") from None
    with file:
        yield file


def _digest_of(path: Path) -> str:
    with opened_file(path) as file:
        digest = hashlib.sha256()
        while part := file.read(1 << 20):
            digest.update(part)
        return digest.hexdigest()
