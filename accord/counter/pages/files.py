"""The pages of payment files: what each pays, its hand-over, and taking it to the bank."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.audit.bank.payment_files import read_payment_file
from accord.client.waiting.file_answers import file_answers
from accord.counter.pages.errands.errands import HandOver, WriteAgain
from accord.counter.pages.errands.words import payment_facts, total_in_words
from accord.counter.pages.preparing import lead_to_signing
from accord.counter.pages.sheets import sheet_line
from accord.counter.pages.site import CounterSite
from accord.counter.payment_files import standing_of
from accord.organisation.signed_acts import require_may
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.days import day_in_words, time_in_words
from accord.presentation.words.payments import (
    FILE_STANDINGS,
    PAID,
    SIGNED_BY_ONE,
    TO_BE_TAKEN,
    answer_in_words,
    left_in_words,
)
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from accord.web.taking import Taking, taken_subject, takings
from deploy.logins import Login
from domain.directory.directory import role_fault
from domain.payment.payment_file import (
    MESSAGE_ID,
    FileStatus,
    HandOverAgreed,
    PaymentFile,
    PaymentFileHandedOver,
    WritingAgainAgreed,
)
from ledger import clock
from payments.out.files import StoredFile, instructions_of_file, stored_file, stored_files

MOST: Final = 100
"""Files of the list, the newest first: each is folded from its signed acts."""


class FileLine(NamedTuple):
    """A payment file as the pages show it."""

    message_id: str
    status: FileStatus
    total: str
    made_by: str
    handed_over_by: str
    day: str
    first: str
    """Who signed its hand-over first, while another person must sign as well; or ''."""
    reason: str
    sha256: str
    first_id: str
    name: str
    """Its name in the folder."""
    answer: str = ""
    """The bank's answer to it, or '' where it did not leave."""
    left: tuple[str, str] = ("", "")
    """Its standing after its hand-over in words, with its tone."""
    took: str = ""
    """Who took it to the bank, and when, or '' where it lies here or nobody took it here."""

    @property
    def stands(self) -> tuple[str, str]:
        """Its standing in words, with its tone."""
        return SIGNED_BY_ONE if self.first else self.left if self.left[0] else FILE_STANDINGS[self.status]

    @property
    def is_paid(self) -> bool:
        """True if the bank paid all of it."""
        return self.left == PAID


async def show_all(request: Request) -> Response:
    """Show the payment files, the newest first."""
    site: CounterSite = request.app.state.site
    async with site.desk.pool.acquire() as connection:
        stored = await stored_files(connection)
    names = NamesInWords(await site.desk.directory())
    lines = await with_answers(site, [await _line(site, names, file) for file in stored[::-1][:MOST]])
    await site.looked_at(request.state.reader, "files")
    return page(request, "files.html", {"lines": lines})


async def with_answers(site: CounterSite, lines: Sequence[FileLine]) -> list[FileLine]:
    """Return files with the bank's answers to them."""
    left = {line.message_id for line in lines if line.status is FileStatus.HANDED_OVER}
    answers, last_takings = await file_answers(site.desk.pool, left), await takings(site.desk.pool, left)
    names = NamesInWords(await site.desk.directory())
    return [
        _answered(site, line, answers.get(line.message_id, {}), _took(last_takings.get(line.message_id), names))
        if line.message_id in left
        else line
        for line in lines
    ]


def _answered(site: CounterSite, line: FileLine, counts: Mapping[str, int], took: str) -> FileLine:
    lies_here = (site.settings.folder / line.name).is_file()
    took = "" if lies_here else took
    stands = left_in_words(counts, is_taken=bool(took))
    is_answered = left_in_words(counts, is_taken=False) != FILE_STANDINGS["HANDED_OVER"]
    left = TO_BE_TAKEN if lies_here and not is_answered else stands
    return line._replace(answer=answer_in_words(counts), left=left, took=took)


def _took(taking: Taking | None, names: NamesInWords) -> str:
    return f"{names.person(taking.staff_id)} took it on {time_in_words(taking.at)}" if taking is not None else ""


async def made(site: CounterSite) -> list[FileLine]:
    """Return the files before their hand-over."""
    async with site.desk.pool.acquire() as connection:
        stored = await stored_files(connection, FileStatus.MADE)
    names = NamesInWords(await site.desk.directory())
    lines = [await _line(site, names, file) for file in stored]
    return [line for line in lines if line.status is FileStatus.MADE]


async def may_hand_over(site: CounterSite, reader: str) -> bool:
    """True if a reader's roles let them hand a file over."""
    act, roles = str(PaymentFileHandedOver.act), PaymentFileHandedOver.roles
    return role_fault(await site.desk.directory(), reader, act, roles, clock.today()) is None


async def to_take(site: CounterSite) -> list[FileLine]:
    """Return the files that were handed over and still lie in the counter's folder: nobody took them to the bank."""
    names = NamesInWords(await site.desk.directory())
    found = sorted(path.name.partition(".")[0] for path in site.settings.folder.glob("ACCM*.*"))
    async with site.desk.pool.acquire() as connection:
        files = [await stored_file(connection, message_id) for message_id in found]
    lines = [await _line(site, names, file) for file in files if file is not None]
    return [line for line in lines if line.status is FileStatus.HANDED_OVER]


async def _line(site: CounterSite, names: NamesInWords, stored: StoredFile) -> FileLine:
    file = await read_payment_file(site.desk.reader, stored.message_id)
    first = _first_of_two(stored, file)
    async with site.desk.pool.acquire() as connection:
        payments = await instructions_of_file(connection, stored.message_id)
    return FileLine(
        stored.message_id,
        standing_of(stored, file),
        total_in_words(payments) if payments else "nothing",
        names.person(file.made_by) if file.made_by else "nobody who may",
        names.people(file.handed_over_by),
        day_in_words(payments[0].execution_on) if payments else "",
        names.person(first) if first else "",
        file.reason,
        stored.sha256,
        first,
        stored.name,
    )


def _first_of_two(stored: StoredFile, file: PaymentFile) -> str:
    if standing_of(stored, file) is not FileStatus.MADE:
        return ""
    return next((agreed.actor for agreed in file.agreed if isinstance(agreed, HandOverAgreed)), "")


async def show(request: Request) -> Response:
    """Show one payment file: what it pays, and what may be done with it."""
    site: CounterSite = request.app.state.site
    stored = await _stored(site, request.path_params["message"])
    [line] = await with_answers(site, [await _line(site, NamesInWords(await site.desk.directory()), stored)])
    async with site.desk.pool.acquire() as connection:
        payments = await instructions_of_file(connection, stored.message_id)
    file = await read_payment_file(site.desk.reader, stored.message_id)
    await site.looked_at(request.state.reader, f"file {stored.message_id}")
    context = {
        "line": line,
        "facts": await payment_facts(site.desk.pool, payments),
        "sheet": sheet_line(stored, file, NamesInWords(await site.desk.directory())),
        "reader": request.state.reader,
        "is_here": (site.settings.folder / stored.name).is_file(),
        "in_doubt": [agreement.actor for agreement in file.agreed if isinstance(agreement, WritingAgainAgreed)],
        "again": NamesInWords(await site.desk.directory()).people(file.written_again_by),
    }
    return page(request, "file.html", context)


async def _stored(site: CounterSite, message_id: str) -> StoredFile:
    if re.fullmatch(MESSAGE_ID, message_id):
        async with site.desk.pool.acquire() as connection:
            if (stored := await stored_file(connection, message_id)) is not None:
                return stored
    raise BadInput("there is no such payment file; see the list of files")


async def hand_over(request: Request) -> Response:
    """Prepare a hand-over: the file is checked now, and once more when it is signed."""
    return await lead_to_signing(request, HandOver(message_id=request.path_params["message"]))


async def write_again(request: Request) -> Response:
    """Prepare writing a file again whose copy was lost."""
    return await lead_to_signing(request, WriteAgain(message_id=request.path_params["message"]))


async def take(request: Request) -> Response:
    """Hand out a file's bytes, once: they are in the counter's folder, and then they are with whoever took them."""
    site: CounterSite = request.app.state.site
    stored = await _stored(site, request.path_params["message"])
    await require_may(site.desk_of(Login.EXPORTER, client=False), request.state.reader, PaymentFileHandedOver)
    line = await _line(site, NamesInWords(await site.desk.directory()), stored)
    if line.status is not FileStatus.HANDED_OVER:
        raise Refused(f"{stored.message_id} is not handed over: nothing of it leaves")
    await site.looked_at(request.state.reader, f"asked for the file {stored.message_id}")
    content = take_out(site.settings.folder / stored.name)
    if content is None:
        return problem(request, 409, "the file is not in the counter's folder: somebody took it to the bank. "
                                     "Where that copy is lost, it is written again, under a signature")  # fmt: skip
    if content != stored.content:
        return problem(request, 409, "what lay in the folder is not the file that was signed; tell an operator")
    await site.looked_at(request.state.reader, taken_subject(stored.message_id))
    headers = {"Content-Disposition": f'attachment; filename="{stored.name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


def take_out(path: Path) -> bytes | None:
    """Take a file out of its folder and return its bytes, or None if it is not there. Of two who ask, one gets it."""
    taken = path.with_name(f".{path.name}.{secrets.token_hex(8)}.taken")
    try:
        os.rename(path, taken)  # noqa: PTH104 - atomic, and it must not replace
    except FileNotFoundError:
        return None
    content = taken.read_bytes()
    taken.unlink()
    return content
