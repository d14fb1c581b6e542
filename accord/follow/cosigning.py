"""The auditor's signatures: a cosignature on a checkpoint that was verified in full, and a line of where it stopped."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, Self

from ledger.proof.notes import COSIGNATURE, Checkpoint, NoteRefused, SigningKey

HEADER: Final = "accord-follower/v1"
"""The beginning of a line of where a follower stopped. No checkpoint reads so: its second line is a number."""
_FORM: Final = re.compile(
    rf"{HEADER} (\S+)\nstopped ([1-9][0-9]{{0,17}})\nverified (0|[1-9][0-9]{{0,17}})\n([^\n]{{1,400}})\n"
)
"""Its numbers have at most 18 digits: what the database holds as a position."""
_MOST: Final = 400
_UNPRINTABLE: Final = "\N{REPLACEMENT CHARACTER}"


class Stop(NamedTuple):
    """A place where a follower stopped: the position of the event, how many it had verified, and why."""

    origin: str
    position: int
    verified: int
    reason: str

    @property
    def text(self) -> str:
        """The text that is signed."""
        printable = "".join(sign if sign.isprintable() else _UNPRINTABLE for sign in " ".join(self.reason.split()))
        reason = printable[:_MOST] or "no reason is given"
        return f"{HEADER} {self.origin}\nstopped {self.position}\nverified {self.verified}\n{reason}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text of a note.

        Raises:
            NoteRefused: It is no line of where a follower stopped.
        """
        match = _FORM.fullmatch(text)
        if match is None or not match[4].isprintable():
            raise NoteRefused(f"not where a follower stopped: {HEADER}, a position and a reason were expected")
        return cls(match[1], int(match[2]), int(match[3]), match[4])


def require_cosigner(key: SigningKey) -> None:
    """Raise NoteRefused if a key is not a cosigner's: what it signs could pass for the ledger's own signature."""
    if key.kind != COSIGNATURE:
        raise NoteRefused(f"{key.name} is not a cosigner's key; make one: `accord ledger key NAME --out F --cosigner`")


def cosigned(note: str, checkpoint: Checkpoint, key: SigningKey, now: int) -> str:
    """Return a checkpoint's note with a cosignature (C2SP tlog-cosignature). `now`: in seconds since 1970."""
    require_cosigner(key)
    return note + key.line(checkpoint.text, now)


def signed_stop(stop: Stop, key: SigningKey, now: int) -> str:
    """Return a signed note of where a follower stopped. `now`: in seconds since 1970."""
    require_cosigner(key)
    return f"{stop.text}\n{key.line(stop.text, now)}"
