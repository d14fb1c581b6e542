"""Receipts of publications under the house's signature: made with its key of checkpoints, and held against it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from accord.cli.printing.output import err
from accord.client.log_keys import known_keys, signing_key
from accord.presentation.faults import Refused
from ledger.proof.notes import NoteRefused, SigningKey, open_note
from publishing.files import NOTE, RECEIPT, signed_text

SigningOption = Annotated[
    Path | None,
    typer.Option("--key", envvar="ACCORD_CHECKPOINT_KEY", help="The file of the house's key, which signs the receipt."),
]
TrustedOption = Annotated[
    list[str] | None,
    typer.Option("--log", help="A public key (NAME+ID+KEY) or a file of it; once for each that is trusted."),
]
UnsignedOption = Annotated[
    bool, typer.Option("--unsigned", help="Take a folder whose receipt nobody signed, at your own word.")
]


class Trust(NamedTuple):
    """The public keys that are trusted, as they were given, and whether a receipt that nobody signed is taken."""

    keys: tuple[str, ...] = ()
    is_lenient: bool = False


def trust_of(log: list[str] | None, is_lenient: bool) -> Trust:
    """Return the trust that two options say."""
    return Trust(tuple(log or ()), is_lenient)


def key_in(file: Path | None) -> SigningKey | None:
    """Return the key in a file, or None without one: then nobody signs. Raises BadInput if it holds none."""
    return signing_key(file) if file is not None else None


def signed(files: Mapping[str, bytes], key: SigningKey | None) -> dict[str, bytes]:
    """Return the files of a publication with the signature on their receipt beside them, if there is a key."""
    if key is None:
        return dict(files)
    text = signed_text(files[RECEIPT])
    return {**files, NOTE: f"{text}\n{key.line(text)}".encode()}


def require_signed(folder: Path, receipt: bytes, trust: Trust) -> tuple[str, ...]:
    """Return the signers of the receipt of a folder: none where that is taken, with a warning.

    Raises:
        BadInput: No key is trusted.
        Refused: Nobody signed it, or not with a key that is trusted, or it was changed since.
    """
    try:
        note_text = (folder / NOTE).read_text("utf-8")
    except FileNotFoundError:
        return _unsigned(folder, trust)
    except (OSError, UnicodeDecodeError) as fault:
        raise Refused(f"{folder / NOTE} cannot be read ({type(fault).__name__})", "ReceiptNotSigned") from fault
    try:
        note = open_note(note_text, known_keys(list(trust.keys)))
    except NoteRefused as fault:
        raise Refused(f"the receipt in {folder} is not signed by a trusted key: {fault}", "ReceiptNotSigned") from fault
    if note.text != signed_text(receipt):
        raise Refused(f"the receipt in {folder} is not the one that was signed: it was changed since", "FileChanged")
    return tuple(dict.fromkeys(note.signers))


def _unsigned(folder: Path, trust: Trust) -> tuple[str, ...]:
    words = f"nobody signed the receipt in {folder}: whoever changed a file can have changed the receipt with it"
    if not trust.is_lenient:
        raise Refused(f"{words}; `--unsigned` takes it all the same", "ReceiptUnsigned")
    err.print(f"accord: {words}", markup=False, soft_wrap=True)
    return ()
