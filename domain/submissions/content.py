"""The content of a submission: the answers, the papers and the name of whoever handed it in, under one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue, StringConstraints, ValidationError

from domain.canonical_json import canonical_json
from domain.submissions.kinds import SubmissionKind
from domain.values import Moment, OneLine, Printable, Sha256, Value, is_empty, is_none, printable

MOST_BYTES: Final = 900_000
"""The most bytes of a content."""

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,99}$")]
GivenName = Annotated[str, StringConstraints(min_length=2, max_length=140), Printable, OneLine]


class SubmittedPaper(Value):
    """A paper that was handed in: by its digest, as its sender called it."""

    field: FieldName
    sha256: Sha256
    size: Annotated[int, Field(ge=1)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=255), Printable, OneLine]


def _plain(answers: dict[str, JsonValue]) -> dict[str, JsonValue]:
    for text in _texts_in(answers):
        printable(text)
    return answers


def _texts_in(answer: JsonValue) -> Iterator[str]:
    """Yield every text of an answer, also those that name its parts."""
    match answer:
        case str():
            yield answer
        case dict():
            for name, part in answer.items():
                yield name
                yield from _texts_in(part)
        case list():
            for part in answer:
                yield from _texts_in(part)
        case _:
            pass


class SubmissionContent(Value):
    """A submission of a grantee. Its digest covers 128 random bits, so that nobody guesses it from the digest."""

    form: UUID
    kind: SubmissionKind
    subject: Annotated[str, StringConstraints(pattern=r"^P-[0-9]{4}-[0-9]{4,6}$")]
    about: Annotated[str, StringConstraints(max_length=80)] = ""
    edition: Sha256 | None = Field(default=None, exclude_if=is_none)
    shown: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The digest of what the form showed of the partnership."""
    read: Annotated[dict[FieldName, JsonValue], Field(max_length=20)] = Field(default={}, exclude_if=is_empty)
    """The part of what the form showed that their word is about, such as the agreement with its text."""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    answers: Annotated[dict[FieldName, JsonValue], Field(max_length=1000), AfterValidator(_plain)]
    papers: Annotated[tuple[SubmittedPaper, ...], Field(max_length=20)] = ()
    name: GivenName
    """The name that whoever handed it in gave."""
    capacity: GivenName
    """What they said they are for the grantee, such as its director."""
    at: Moment
    """The time at the door."""
    chance: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]

    def canonical(self) -> bytes:
        """Return the bytes that its digest covers (RFC 8785)."""
        return canonical_json(self.model_dump(mode="json"))

    @property
    def sha256(self) -> str:
        """The digest by which it is named."""
        return hashlib.sha256(self.canonical()).hexdigest()


class BadSubmission(ValueError):
    """The bytes are no submission, or not the one that was named."""


def content_of(stored_bytes: bytes, sha256: str) -> SubmissionContent:
    """Return the content that was handed in under a digest.

    Raises:
        BadSubmission: Its bytes are others, or are no submission.
    """
    if hashlib.sha256(stored_bytes).hexdigest() != sha256:
        raise BadSubmission(f"the bytes of submission {sha256[:8]}… are not those that were handed in")
    try:
        return SubmissionContent.model_validate_json(stored_bytes)
    except ValidationError as fault:
        why = fault.errors()[0]["msg"].removeprefix("Value error, ")
        raise BadSubmission(f"submission {sha256[:8]}… cannot be read: {why}") from None
