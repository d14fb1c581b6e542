"""The command of a letter."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.partnership.acts import StaffCommand
from domain.partnership.letter.kinds import Addressee, LetterKind
from domain.values import Sentence, Sha256, is_none

EditionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
EditionMark = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}[.][1-9][0-9]{0,2}$")]


class IssueLetter(StaffCommand):
    """Issue a letter: the PDF that was made of an edition in force and of the facts as they stand.

    It is never changed. What is to be said otherwise is another letter. Read it before it is signed.
    """

    kind: Literal["issue_letter"] = "issue_letter"
    letter: Annotated[LetterKind, Field(title="Letter", description="Which letter it is.")]
    about: Annotated[
        Annotated[int, Field(ge=1, le=999)] | None,
        Field(title="About", description="The number of the report, the payment or the contribution that it is about."),
    ] = Field(default=None, exclude_if=is_none)
    note: Annotated[
        Sentence | None,
        Field(title="Note", description="What it says beside the facts, where its kind takes a sentence."),
    ] = Field(default=None, exclude_if=is_none)
    to: Annotated[Addressee, Field(title="To", description="The party to whom it goes.")]
    dated: Annotated[date, Field(title="Dated", description="The day that it bears.")]
    language: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z]{2}$"),
        Field(title="Language", description="The language that it is in, such as en, es or fr."),
    ]
    edition_name: Annotated[EditionName, Field(title="Edition", description="The name of its template.")]
    edition: Annotated[EditionMark, Field(title="Number of the edition", description="Such as 2026.1.")]
    edition_sha256: Annotated[Sha256, Field(title="Digest of the edition", description="The SHA-256 of the template.")]
    facts_sha256: Annotated[
        Sha256, Field(title="Digest of the facts", description="The SHA-256 of what it is made of.")
    ]
    pdf_sha256: Annotated[Sha256, Field(title="Digest of the letter", description="The SHA-256 of the PDF, as sealed.")]
    code_sha256: Annotated[
        Sha256, Field(title="Digest of its code", description="The SHA-256 of what it is looked up by.")
    ]
