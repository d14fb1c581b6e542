"""Refusals by role in the shell: people by name, the act and the roles in words, as pages say them."""

from __future__ import annotations

from accord.client.desk import open_desk
from accord.presentation.faults import Failure, Refused
from accord.presentation.words.proposal.remedies import roles_said
from accord.presentation.words.values import NamesInWords


async def in_words(refusal: Refused) -> Refused:
    """Return a refusal by role in words, with ids where the directory cannot be read here. Others stay as they are."""
    text = roles_said(str(refusal))
    if text == str(refusal):
        return refusal
    try:
        async with open_desk() as desk:
            text = NamesInWords(await desk.directory()).within(text)
    except Failure:
        pass  # the login of another task reads no directory: the refusal stands, with the ids that were typed
    return Refused(text, refusal.kind)
