"""The name of a submission in a command that takes it over or returns it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.values import Moment, Sentence, Sha256, Value, is_none


class SubmissionReference(Value):
    """A submission, by its digest, with the seal under which it stands and the question set that it answers."""

    sha256: Sha256
    number: Annotated[int, Field(ge=1, le=2**53 - 1)]
    seal: Annotated[int, Field(ge=1, le=2**53 - 1)]
    """The position in the ledger of the event that seals it."""
    at: Moment
    """The time at the door, by which it is early or late: our own delay makes no grantee late."""
    edition: Sha256 | None = Field(default=None, exclude_if=is_none)
    outage: Sentence | None = Field(default=None, exclude_if=is_none)
    """The outage on record for which it was sealed more than an hour later, as a person compared it."""
