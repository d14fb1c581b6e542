"""The page of operations: everything late, missing or stopped, the drills, and the lists in the Temporal UI."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from accord.client.log_keys import known_keys
from accord.console.pages.operations.temporal_views import VIEWS
from accord.console.pages.operations.troubles import troubles_of
from accord.console.serving.desk import Console
from accord.operations.drill_notes import DrillCertificate, newest_of_each
from accord.operations.health import installation_status
from accord.web.pages import page
from ledger import clock


async def show(request: Request) -> Response:
    """Show what is wrong in sentences, since when, and who mends it. Commands of the shell stand behind a line."""
    console: Console = request.app.state.console
    status = await installation_status(console.desk)
    await console.looked_at(request.state.reader, "operations")
    context = {
        "troubles": await troubles_of(console, status),
        "is_healthy": status.healthy,
        "entries": status.events,
        "settings": console.settings,
        "views": VIEWS,
        "drills": _drills(console),
    }
    return page(request, "operations.html", context)


def _drills(console: Console) -> list[tuple[DrillCertificate, int]]:
    """Return the newest certificate of each drill, with its age in days."""
    if not console.settings.checkpoints:
        return []
    certificates = newest_of_each(Path(console.settings.checkpoints), known_keys([console.settings.log_key]))
    return [(certificate, (clock.today() - certificate.at.date()).days) for certificate in certificates]
