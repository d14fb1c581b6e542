"""The way from a page of the counter to the touch: prepare an errand, and lead its person to the page that signs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.counter.pages.errands.doing import prepare
from accord.counter.pages.errands.errands import Errand
from accord.counter.pages.site import CounterSite
from accord.web.errands import ErrandOutcome
from accord.web.pages import page


async def lead_to_signing(request: Request, errand: Errand) -> Response:
    """Prepare an errand of the reader, and lead them to the page that signs, or say what became of it."""
    site: CounterSite = request.app.state.site
    prepared = await prepare(site, errand, request.state.reader)
    if isinstance(prepared, ErrandOutcome):
        return outcome_page(request, prepared)
    return RedirectResponse(f"{site.settings.signing_origin}/sign/{prepared}", 303)


def outcome_page(request: Request, outcome: ErrandOutcome) -> Response:
    """Say the outcome of an errand."""
    return page(request, "outcome.html", {"outcome": outcome}, 422 if outcome.refused else 200)
