"""Publications as files: their bytes, the cells that events stand behind, and the receipt that lies beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from publishing.cases import Stand
from publishing.counting import PublicationTally
from publishing.figures import FileCell, SumPart

RECEIPT: Final = "receipt.json"
NOTE: Final = "receipt.note"
"""The signature on the receipt: a signed note (C2SP signed-note)."""
CELLS: Final = "cells.json"


class PublishedFile(NamedTuple):
    """A file: its name in the folder, its bytes, and its cells."""

    name: str
    content: bytes
    cells: tuple[FileCell, ...] = ()


class Publication(NamedTuple):
    """All files of a publication, with what was counted as they were made."""

    kind: str
    edition: str
    """The edition of the form: of the standard, and of the mapping to it. A change of a mapping is a new one."""
    files: tuple[PublishedFile, ...]
    tally: PublicationTally
    quality: Mapping[str, int] = {}
    """By check: the number of places at which it finds something to better."""
    options: Mapping[str, str] = {}
    """The options that were given beside the dates."""


def folder_of(publication: Publication, stand: Stand) -> dict[str, bytes]:
    """Return the files of a publication by name, with the cells and the receipt beside them."""
    files = {file.name: file.content for file in publication.files}
    files[CELLS] = _cells_text(publication.files)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    return {**files, RECEIPT: _text_of(_receipt(publication, stand, digests))}


def signed_text(receipt: bytes) -> str:
    """Return the text that is signed of a receipt. It is no checkpoint, so that neither stands for the other."""
    return f"accord.publication/1\n{hashlib.sha256(receipt).hexdigest()}\n"


def _receipt(publication: Publication, stand: Stand, digests: Mapping[str, str]) -> dict[str, Any]:
    tally = publication.tally
    return {
        "publication": publication.kind,
        "edition": publication.edition,
        "funder": stand.funder.funder_id,
        "true_at": stand.on.isoformat(),
        "known_at": stand.known_at.isoformat() if stand.known_at is not None else None,
        "position": stand.position,
        "head": stand.head,
        "unread": stand.unread,
        "options": dict(sorted(publication.options.items())),
        "sha256": digests,
        "published": tally.published.as_json(),
        "left_out": {reason: counted.as_json() for reason, counted in tally.left_out.items()},
        "total": tally.total.as_json(),
        "name_withheld": tally.nameless,
        "missing": tally.missing,
        "quality": dict(publication.quality),
    }


def _cells_text(files: Iterable[PublishedFile]) -> bytes:
    """Return the cells of files as JSON, a line for each cell: {file: {cell: [[position, amount]]}}."""
    return _joined((file.name, _joined(_cells_of(file))) for file in files if file.cells).encode() + b"\n"


def _cells_of(file: PublishedFile) -> Iterator[tuple[str, str]]:
    for cell in sorted(file.cells, key=lambda cell: cell.name):
        yield cell.name, json.dumps([_as_json(part) for part in cell.parts])


def _joined(members: Iterable[tuple[str, str]]) -> str:
    """Return a JSON object of members that are JSON already."""
    return "{" + ",".join(f"\n{json.dumps(name)}: {value}" for name, value in members) + "}"


def _as_json(part: SumPart) -> list[object]:
    return [part.position] if part.amount is None else [part.position, format(part.amount, "f")]


def _text_of(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
