"""Papers beside a form: each file is kept, and its SHA-256 stands in the field that it was chosen for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from accord.client.papers.opening import faults_of_papers
from accord.console.deciding.fields import ISSUED_HINT, PAPER_HINT, UPLOAD, Field
from accord.console.deciding.workbooks import WORKBOOK
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Failure, Refused

MOST_BYTES: Final = 40 * 1024 * 1024
"""Bytes of a form with its files. A file beyond 25 MB is refused beside its field; beyond this nothing is read on."""
MOST_FILES: Final = 104
"""Files of a form, also those that nobody chose: a report has one for each milestone that holds, 99 at most."""


def as_paper(console: Console, field: Field) -> Field:
    """Return a field that takes a digest as one that takes the file, where papers are kept."""
    hint = f"{ISSUED_HINT}{PAPER_HINT}" if field.begins_with else PAPER_HINT
    return replace(field, kind="paper", hint=hint) if console.papers is not None else field


async def given_with_papers(request: Request, subject: str) -> dict[str, list[str]]:
    """Return the content of a form. Files that came with it are kept, and named by their SHA-256.

    What is wrong with a file is raised by `require_papers`, so that the form is shown again with all that was typed.
    """
    request.state.paper_faults = []
    _require_bounded(request)
    submission = await request.form(max_files=MOST_FILES)
    answers = {name: [text for text in submission.getlist(name) if isinstance(text, str)] for name in submission}
    await _keep(request, submission, subject, answers)
    return answers


def require_papers(request: Request) -> None:
    """Raise BadInput if a file that came with a form is none that is kept."""
    if request.state.paper_faults:
        raise BadInput("\n".join(request.state.paper_faults))


async def _keep(request: Request, submission: FormData, subject: str, answers: dict[str, list[str]]) -> None:
    console: Console = request.app.state.console
    for name, file in submission.multi_items():
        if not isinstance(file, UploadFile) or not file.filename or console.papers is None or name == WORKBOOK:
            continue
        field = name.removesuffix(UPLOAD.format(""))
        try:
            with faults_of_papers(field):
                paper = await console.papers.put(file.file, request.state.reader, subject, file.filename)
        except Failure as fault:
            request.state.paper_faults.append(str(fault) if isinstance(fault, BadInput) else f"{field}: {fault}")
        else:
            answers[field] = [paper.sha256]


def _require_bounded(request: Request) -> None:
    """Raise Refused if a form with files is too large, or does not say how large it is. The server holds it to that."""
    length = request.headers.get("content-length", "")
    if request.headers.get("content-type", "").startswith("multipart/") and not (
        length.isdecimal() and int(length) <= MOST_BYTES
    ):
        raise Refused("what was sent is larger than a form with a paper of 25 MB; nothing was recorded")
