"""The acts on a sheet at the counter: its number in the bank's portal, and the second signature."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.audit.bank.payment_files import read_payment_file
from accord.counter.pages.errands.errands import Countersign, TypeIn
from accord.counter.pages.preparing import lead_to_signing
from accord.counter.pages.site import CounterSite
from accord.presentation.words.values import NamesInWords
from domain.payment.payment_file import FileStatus, PaymentFile
from payments.out.files import StoredFile, unbooked_sheets
from payments.out.sheet import fields_of


class PortalSheet(NamedTuple):
    """A sheet after its hand-over, as the pages show it."""

    message_id: str
    total: str
    typist: str
    """Who typed it last, or '' before anybody did."""
    typist_id: str
    number: str
    """The number under which the portal confirmed it."""
    second: str
    """Who signed it as the second, or ''."""
    fields: tuple[tuple[str, str], ...]
    """What is typed, each with its label."""


def sheet_line(stored: StoredFile, file: PaymentFile, names: NamesInWords) -> PortalSheet | None:
    """Return a sheet that was handed over, or None of any other file."""
    if not stored.is_sheet or file.status is not FileStatus.HANDED_OVER:
        return None
    typing = file.typed[-1] if file.typed else None
    return PortalSheet(
        stored.message_id,
        str(file.total or ""),
        names.person(typing.actor) if typing is not None else "",
        typing.actor if typing is not None else "",
        typing.confirmation if typing is not None else "",
        names.person(file.countersigned.actor) if file.countersigned is not None else "",
        fields_of(stored.content),
    )


async def open_sheets(site: CounterSite) -> list[PortalSheet]:
    """Return the sheets that wait to be typed, or for a second signature."""
    async with site.desk.pool.acquire() as connection:
        stored_sheets = await unbooked_sheets(connection)
    names = NamesInWords(await site.desk.directory())
    files = [(stored, await read_payment_file(site.desk.reader, stored.message_id)) for stored in stored_sheets]
    lines = [sheet_line(stored, file, names) for stored, file in files]
    return [line for line in lines if line is not None and not line.second]


async def type_in(request: Request) -> Response:
    """Prepare the record of a typing: what it says is shown where it is signed."""
    return await lead_to_signing(request, TypeIn(**await _given(request)))


async def countersign(request: Request) -> Response:
    """Prepare a second signature: the payment is checked now, and once more when it is signed."""
    return await lead_to_signing(request, Countersign(**await _given(request)))


async def _given(request: Request) -> dict[str, str]:
    form = await request.form()
    return {"message_id": request.path_params["message"], "confirmation": str(form.get("confirmation", "")).strip()}
