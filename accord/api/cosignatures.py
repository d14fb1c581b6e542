"""Take a follower's cosignature on a checkpoint of this ledger, or its signed line of where it stopped.

It is verified with the key that two guardians enrolled with the token, kept as it is, and decides nothing.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from accord.api.faults import ApiProblem
from accord.follow.cosigning import HEADER, Stop
from domain.organisation.tokens import ApiToken
from ledger import Ledger
from ledger.proof.notes import Checkpoint, NoteRefused, VerifierKey, open_note
from ledger.proof.stored_tree import StoredTree, TreeIncomplete
from records.followers import FollowerWord, WordKind, keep_word

PATH: Final = "/v1/cosignatures"
_LARGEST: Final = 16_384
_BODY: Final = "the request's body"
_NOTE: Final = "hand in a note with the signature of the key that is enrolled with the token (`accord follow` does)"


async def take_word(request: Request, token: ApiToken, ledger: Ledger) -> dict[str, object]:
    """Verify and keep what a follower hands in, and return what was taken.

    Raises:
        ApiProblem: It is not signed by the token's key, is of another ledger, or is no such note.
    """
    key, note = _key(token), await _body(request)
    try:
        text = open_note(note, (key,)).text
        word = _stopped(text, note, key) if text.startswith(HEADER) else await _cosigned(text, note, key, ledger)
    except NoteRefused as fault:
        raise ApiProblem(400, _BODY, str(fault), _NOTE) from None
    async with ledger.connection() as connection:
        is_new = await keep_word(connection, word)
    return {"kind": word.kind.value, "place": word.place, "new": is_new}


def _key(token: ApiToken) -> VerifierKey:
    if token.witness is None:
        fault = f"the token {token.token_id} names no key that cosigns"
        raise ApiProblem(403, "header Authorization", fault, "ask two guardians for a token with --witness")
    return VerifierKey.parse(token.witness)


async def _body(request: Request) -> str:
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > _LARGEST:
            raise ApiProblem(400, _BODY, f"it is over {_LARGEST} bytes", _NOTE)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ApiProblem(400, _BODY, "it is not UTF-8", _NOTE) from None


def _stopped(text: str, note: str, key: VerifierKey) -> FollowerWord:
    stop = Stop.parse(text)
    return FollowerWord(str(key), WordKind.STOPPED, stop.position, text, note, stop.reason)


async def _cosigned(text: str, note: str, key: VerifierKey, ledger: Ledger) -> FollowerWord:
    checkpoint = Checkpoint.parse(text)
    try:
        root = await StoredTree(ledger).root(checkpoint.size)
    except TreeIncomplete as fault:
        raise ApiProblem(409, _BODY, str(fault), "compare the ledger with the checkpoint that you cosigned") from None
    if root != checkpoint.root:
        words = f"this ledger's root over {checkpoint.size} events is {root.hex()}, not the one that is cosigned"
        raise ApiProblem(409, _BODY, words, "compare the ledger with the checkpoint that you cosigned")
    return FollowerWord(str(key), WordKind.COSIGNED, checkpoint.size, text, note)
