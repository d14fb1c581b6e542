"""The page that confirms a letter by its code: its day, its kind and its digest, or that nobody knows it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from accord.console.serving.desk import Console
from accord.letters.checking import letter_under
from accord.letters.codes import read_code
from accord.presentation.faults import BadInput
from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.days import whole_day_in_words
from accord.web.pages import page


async def check(request: Request) -> Response:
    """Show the form for a code and, once one is typed, what may be known of its letter. No content is said."""
    console: Console = request.app.state.console
    typed = request.query_params.get("code", "")[:80]
    if not typed.strip():
        return page(request, "letter_check.html", {"typed": "", "fault": "", "found": None, "asked": False})
    try:
        found = await letter_under(console.desk, read_code(typed))
    except BadInput as fault:
        context = {"typed": typed, "fault": str(fault).removeprefix("code: "), "found": None, "asked": False}
        return page(request, "letter_check.html", context, 422)
    known = None
    if found is not None:
        known = {
            "what": as_sentence(words_of(found.letter)),
            "on": whole_day_in_words(found.on),
            "digest": found.pdf_sha256,
        }
    return page(request, "letter_check.html", {"typed": typed, "fault": "", "found": known, "asked": True})
