"""The page on which an auditor draws a sample of payments, and takes it home as one folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from accord.client.log_keys import known_keys
from accord.client.sampling.drawing import DrawnSample, draw, require_auditor, terms_of
from accord.client.sampling.files import SampleFolder, SampleSources
from accord.client.sampling.packing import zipped
from accord.client.sampling.proofs import SampleProofs, proofs_in
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import count_in_words
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.payment.sample import METHOD, MOST_SELECTIONS
from ledger import clock

_FIELDS: Final = ("from", "to", "currency", "size", "interval", "seed", "head")
"""The fields of an address. The last one is in no form: a page that was drawn has it."""
_ADDRESS: Final = "/payments/sample"


async def show(request: Request) -> Response:
    """Show the form, and the sample that an address asks for. A seed that is drawn stands in the address then."""
    console: Console = request.app.state.console
    fields = _given(request)
    if fault := await _fault_of_reader(console, request.state.reader):
        return problem(request, 403, fault)
    if not (fields["size"] or fields["interval"]):
        return page(request, "sample.html", _form(fields))
    try:
        sample = await draw(console.desk, await terms_of(console.desk, fields))
    except (BadInput, Refused) as fault:
        return page(request, "sample.html", _form(fields, str(fault)), 422)
    address = f"?{urlencode(sample.terms.address_fields)}"
    if not (fields["seed"] and fields["head"]):
        return RedirectResponse(f"{_ADDRESS}{address}", 303)
    await console.looked_at(request.state.reader, "a sample of payments")
    return page(request, "sample.html", {**_form(sample.terms.address_fields), **_drawn(console, sample, address)})


async def take(request: Request) -> Response:
    """Hand out the folder of a sample as a zip, which is sent while it is made. Each paper in it is a look."""
    console: Console = request.app.state.console
    if fault := await _fault_of_reader(console, request.state.reader):
        return problem(request, 403, fault)
    sample = await draw(console.desk, await terms_of(console.desk, _given(request)))
    sources = SampleSources(console.desk, request.state.reader, console.papers, _proofs(console))
    await console.looked_at(request.state.reader, "the folder of a sample of payments", *sample.partnerships)
    name = f"sample-{sample.terms.first.isoformat()}-{sample.terms.last.isoformat()}-{sample.terms.currency}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    parts: AsyncIterator[bytes] = zipped(SampleFolder(sample, sources).files(), name)
    return StreamingResponse(parts, media_type="application/zip", headers=headers)


async def _fault_of_reader(console: Console, reader: str) -> str:
    """Return the reason in words why somebody draws no samples, or '' if they audit."""
    try:
        await require_auditor(console.desk, reader)
    except Refused as fault:
        return refusal_in_words(fault, NamesInWords(await console.desk.directory()))
    return ""


def _proofs(console: Console) -> SampleProofs | None:
    if not console.settings.checkpoints:
        return None
    keys = known_keys([console.settings.log_key])
    return proofs_in(console.desk.ledger, Path(console.settings.checkpoints), keys)


def _given(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip() for name in _FIELDS}


def _form(fields: dict[str, str], fault: str = "") -> dict[str, Any]:
    """Return the content of the form. A fault stands at the field that it names, or above all."""
    field, _, words = fault.partition(": ")
    today = clock.today()
    return {
        "given": {name: fields.get(name, "") for name in _FIELDS},
        "days": {"from": f"{today.year}-01-01", "to": today.isoformat()},
        "most": MOST_SELECTIONS,
        "faults": {name: words if name == field else "" for name in _FIELDS},
        "fault": "" if field in _FIELDS[:-1] else words or fault,
        "sample": None,
    }


def _drawn(console: Console, sample: DrawnSample, address: str) -> dict[str, Any]:
    """Return a sample as the page shows it."""
    returns = sum(payment.returned_on is not None for payment in sample.population)
    return {
        "sample": sample,
        "method": METHOD,
        "population": f"{count_in_words(len(sample.population), 'payment')}, {sample.money(sample.total)}",
        "returned": f"{returns} of them came back later" if returns else "",
        "interval": sample.money(sample.interval),
        "start": sample.money(sample.start),
        "number": count_in_words(len(sample.choices), "payment"),
        "selections": count_in_words(sum(len(choice.units) for choice in sample.choices), "selection"),
        "rows": [
            {
                "partnership_id": payment.partnership_id,
                "name": payment.name,
                "payee": payment.payee,
                "money": sample.money(payment.units),
                "day": day_in_words(payment.booked_on),
                "why": sample.why(choice),
            }
            for choice, payment in sample.payments
        ],
        "folder": f"{_ADDRESS}/folder.zip{address}",
        "has_papers": console.papers is not None,
        "has_proofs": bool(console.settings.checkpoints),
    }
