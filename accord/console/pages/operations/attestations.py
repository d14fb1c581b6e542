"""The pages of attestations: whether anybody knew, on each of the last ninety days, where the money was."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.client.log_keys import known_keys
from accord.console.pages.operations.followers import followers_of
from accord.console.serving.desk import Console
from accord.operations.attesting.log import AttestationLog
from accord.presentation.faults import Refused
from accord.presentation.words.organisation.attestation import DAYS, SIDES, TONES, summary_of
from accord.web.pages import page
from domain.attestation.line import AttestationLine, DayVerdict, newest_by_day
from ledger import clock
from ledger.proof.notes import NoteRefused

DAYS_BACK: Final = 90
"""The days that the page shows, up to yesterday."""
_BACK: Final = (("All days", "/operations/attestations"),)


class DayRow(NamedTuple):
    """A day on the page. Without a line nothing was attested."""

    day: date
    line: AttestationLine | None
    tone: str
    words: str
    summary: str


async def show(request: Request) -> Response:
    """Show the verdict on each of the last ninety days. A day without a line says so."""
    console: Console = request.app.state.console
    lines, fault = _lines(console)
    await console.looked_at(request.state.reader, "attestations")
    rows = [_row(day, lines.get(day)) for day in _days(lines)]
    verdicts = {words: count for words in DAYS.values() if (count := sum(row.words == words for row in rows))}
    followers = await followers_of(console)
    context: dict[str, Any] = {"rows": rows, "verdicts": verdicts, "fault": fault, "is_kept": bool(_folder(console))}
    doubts = [row for row in rows if row.line is not None and row.line.verdict is not DayVerdict.AGREES]
    first_day = min(lines, default=None)
    more = {"followers": followers, "doubts": doubts, "first_day": first_day}
    return page(request, "attestations.html", {**context, **more})


async def show_day(request: Request) -> Response:
    """Show the figures of a day, where sides differ, and what was not known."""
    console: Console = request.app.state.console
    lines, fault = _lines(console)
    line = next((line for day, line in lines.items() if str(day) == request.path_params["day"]), None)
    if line is None:
        raise Refused(f"no attestation of {request.path_params['day']} is on record", "Unknown")
    await console.looked_at(request.state.reader, f"the attestation of {line.day}")
    context = {"line": line, "row": _row(line.day, line), "sides": SIDES, "fault": fault}
    return page(request, "attestation.html", context)


def _folder(console: Console) -> str:
    return console.settings.attestations or console.settings.checkpoints


def _lines(console: Console) -> tuple[dict[date, AttestationLine], str]:
    """Return the newest line of each day, and the reason why nothing is shown, or ''.

    A log of which any line does not hold shows none: what it says of other days is in doubt too.
    """
    if not _folder(console):
        return {}, ""
    log = AttestationLog(Path(_folder(console)), known_keys([console.settings.log_key]))
    try:
        return newest_by_day(log.lines()), ""
    except NoteRefused as fault:
        return {}, str(fault)


def _days(lines: Collection[date]) -> list[date]:
    """Return the days that are shown, the newest first. A later one is among them once it was attested."""
    today = clock.today()
    return [*sorted((day for day in lines if day >= today), reverse=True),
            *(today - timedelta(days=back) for back in range(1, DAYS_BACK + 1))]  # fmt: skip


def _row(day: date, line: AttestationLine | None) -> DayRow:
    verdict = line.verdict if line is not None else None
    return DayRow(day, line, TONES[verdict], DAYS[verdict], summary_of(line))
