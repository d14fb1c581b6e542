"""Take a follower's cosignature on a checkpoint of this ledger, or its signed line of where it stopped.

It is verified with the key that two guardians enrolled with the token, kept as it is, and decides nothing.
"""

from __future__ import annotations

from typing import Any, Final

from accord.api.bodies import BODY
from accord.api.faults import ApiProblem
from accord.api.ledger_answers import NOTE
from accord.api.requests import ApiBody, ApiPath, ApiRequest
from accord.follow.cosigning import HEADER, Stop
from domain.organisation.tokens import ApiToken, Scope
from ledger import Ledger
from ledger.proof.notes import Checkpoint, NoteRefused, VerifierKey, open_note
from ledger.proof.stored_tree import StoredTree, TreeIncomplete
from records.followers import FollowerWord, WordKind, keep_word

_REMEDY: Final = "hand in a note with the signature of the key that is enrolled with the token (`accord follow` does)"
_COMPARE: Final = "compare the ledger with the checkpoint that you cosigned"


async def _taken(request: ApiRequest) -> dict[str, Any]:
    """Verify and keep what a follower hands in, and return what was taken.

    Raises:
        ApiProblem: It is not signed by the token's key, is of another ledger, or is no such note.
    """
    key, note, ledger = _key(request.token), request.body, request.ledger.ledger
    try:
        text = open_note(note, (key,)).text
        word = _stopped(text, note, key) if text.startswith(HEADER) else await _cosigned(text, note, key, ledger)
    except NoteRefused as fault:
        raise ApiProblem(400, BODY, str(fault), _REMEDY) from None
    async with ledger.connection() as connection:
        is_new = await keep_word(connection, word)
    return {"kind": word.kind.value, "place": word.place, "new": is_new}


def _key(token: ApiToken) -> VerifierKey:
    if token.witness is None:
        fault = f"the token {token.token_id} names no key that cosigns"
        raise ApiProblem(403, "header Authorization", fault, "ask two guardians for a token with --witness")
    return VerifierKey.parse(token.witness)


def _stopped(text: str, note: str, key: VerifierKey) -> FollowerWord:
    stop = Stop.parse(text)
    return FollowerWord(str(key), WordKind.STOPPED, stop.position, text, note, stop.reason)


async def _cosigned(text: str, note: str, key: VerifierKey, ledger: Ledger) -> FollowerWord:
    checkpoint = Checkpoint.parse(text)
    try:
        root = await StoredTree(ledger).root(checkpoint.size)
    except TreeIncomplete as fault:
        raise ApiProblem(409, BODY, str(fault), _COMPARE) from None
    if root != checkpoint.root:
        words = f"this ledger's root over {checkpoint.size} events is {root.hex()}, not the one that is cosigned"
        raise ApiProblem(409, BODY, words, _COMPARE)
    return FollowerWord(str(key), WordKind.COSIGNED, checkpoint.size, text, note)


COSIGNATURES: Final = ApiPath(
    "/v1/cosignatures", Scope.COSIGN, "Hand in a cosignature on a checkpoint, or where a follower stopped",
    _taken, "Taken",
    takes=ApiBody(
        "a note with the signature of the key that the token names: a checkpoint with a cosignature (C2SP "
        "tlog-cosignature), or a line of where the follower stopped",
        NOTE, 16_384, _REMEDY, lambda answer: bool(answer["new"]),
    ),
)  # fmt: skip
"""The one path that takes anything."""
