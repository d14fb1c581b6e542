"""The fate of a submission in its partnership, by what counts there."""

from __future__ import annotations

from domain.partnership.state import Partnership
from domain.partnership.submission.invitations import JudgedSubmission


def judged_as(partnership: Partnership, sha256: str) -> JudgedSubmission | None:
    """Return the judgement of a submission, or None while it waits."""
    return next((judgement for judgement in partnership.judged_submissions if judgement.sha256 == sha256), None)
