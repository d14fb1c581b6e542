"""Read the log's keys: the private key that signs checkpoints, and the public keys that are trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from accord.presentation.faults import BadInput
from deploy.variables import configured
from ledger.proof.notes import NoteRefused, SigningKey, VerifierKey

LOG_VARIABLE: Final = "ACCORD_LOG"


def signing_key(file: Path) -> SigningKey:
    """Return the private key in a file.

    Raises:
        BadInput: The file cannot be read, or holds no signing key.
    """
    try:
        return SigningKey.parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"--key: {file} cannot be read; make one with `accord ledger key`") from fault
    except NoteRefused as fault:
        raise BadInput(f"--key: {file}: {fault}") from fault


def known_keys(texts: list[str], option: str = "--log") -> tuple[VerifierKey, ...]:
    """Return public keys, each given as text or as the path of a file. Without any, that of the settings.

    `option`: the option that names them, for the words of a fault.

    Raises:
        BadInput: No key is given, or one cannot be read.
    """
    key = configured(LOG_VARIABLE)
    if not (texts or key):
        raise BadInput(
            "--log: name the public key of the ledger, or its file (made by `accord ledger key`), or set ACCORD_LOG"
        )
    return tuple(_verifier(text, option) for text in texts or [key])


def _verifier(text: str, option: str) -> VerifierKey:
    try:
        file = Path(text)
        return VerifierKey.parse(file.read_text("utf-8") if file.is_file() else text)
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"{option}: {text} cannot be read ({type(fault).__name__})") from fault
    except NoteRefused as fault:
        raise BadInput(f"{option}: {fault}") from fault
