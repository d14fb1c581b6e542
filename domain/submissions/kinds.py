"""The forms of the grantee's door, what can be handed in by each, and the act by which staff take it over."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class DoorForm(StrEnum):
    """A form that a grantee fills by link."""

    REPORT = "REPORT"
    """A report, planned or not."""
    CHANGE = "CHANGE"
    """A change of the budget or of the period that the grantee asks for."""
    ACCEPTANCE = "ACCEPTANCE"
    """The agreement that was issued, accepted by its digest."""
    PAPERS = "PAPERS"
    """Papers that a condition asks for."""
    QUESTION = "QUESTION"
    """An answer to a question of staff, or a question of the grantee's own."""


AS_WORKBOOK: Final = frozenset({DoorForm.REPORT, DoorForm.CHANGE})
"""The forms that may be filled in as a workbook: the others ask for little."""


class ReportWay(StrEnum):
    """A light way in which a report is handed in, beside the form that asks for all of it."""

    OTHER_FUNDER = "OTHER_FUNDER"
    """A report that the grantee made to another funder. Under expenditure responsibility it counts for nothing."""
    SPOKEN = "SPOKEN"
    """A report that was spoken: staff wrote it down, and the grantee confirms or corrects their words."""


class SubmissionKind(StrEnum):
    """The kind of what was handed in: a form, or one of three words that need none."""

    REPORT = "REPORT"
    CHANGE = "CHANGE"
    ACCEPTANCE = "ACCEPTANCE"
    PAPERS = "PAPERS"
    QUESTION = "QUESTION"
    WITHDRAWAL = "WITHDRAWAL"
    WRONG_PERSON = "WRONG_PERSON"


TAKEN_OVER_BY: Final[Mapping[SubmissionKind, tuple[str, ...]]] = MappingProxyType(
    {
        SubmissionKind.REPORT: ("report",),
        SubmissionKind.CHANGE: ("amend",),
        SubmissionKind.ACCEPTANCE: ("sign_agreement",),
        SubmissionKind.PAPERS: ("satisfy",),
        SubmissionKind.QUESTION: ("comment", "propose"),
        SubmissionKind.WITHDRAWAL: ("withdraw", "comment"),
        SubmissionKind.WRONG_PERSON: ("comment", "amend"),
    }
)
"""By kind of submission: the kinds of command that take it over."""
