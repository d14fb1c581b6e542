"""Read pain.002 status reports: a bank's statements about single payments, a batch, or the whole of a payment file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from domain.fault import Fault
from domain.payment.account_numbers import masked
from domain.payment.bank_answers import BankStatus
from domain.payment.bookings import is_filler
from domain.payment.rejections import DUPLICATE_CODES, doubt_of_rejection, speaks_of_duplicate
from payments.answers.elements import MessageFault, elements, glimpse, readable, reference, value, values
from payments.answers.statements import (
    LONGEST_REASON,
    BankNotice,
    Unclear,
    labelled,
    one_line,
    with_digest,
)

STATUS_CODES: Final = {
    **dict.fromkeys(("RCVD", "ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "PATC", "PDNG"), BankStatus.ACCEPTED),
    **dict.fromkeys(("ACSC", "ACCC"), BankStatus.SETTLED),
    **dict.fromkeys(("RJCT", "CANC"), BankStatus.REJECTED),
}
"""ISO 20022 external payment status codes. ACSP and silence are not settlement: a payment in doubt is never resent."""

FINAL: Final = frozenset({BankStatus.SETTLED, BankStatus.REJECTED})


class Level(NamedTuple):
    """A part of a report that can carry a status: its place in the message, its element and the tag of the status."""

    entry: str
    element: Element
    tag: str
    within: tuple[Element, ...] = ()
    """The batch and the file that it is in, whose reasons are also its own."""

    @property
    def status_code(self) -> str:
        """The status code, or '' if there is none."""
        return glimpse(self.element, self.tag)


class StatusReport(NamedTuple):
    """A status report with the values of its header."""

    message_id: str
    said_at: datetime
    element: Element
    original: str = ""
    """The message id of the payment file that it reports on."""
    fault: str = ""
    """The reason why `original` cannot be read, or ''. It makes each part of the report unclear."""


def read_report(report: StatusReport) -> Iterator[BankNotice | Unclear]:
    """Yield the statements of a report: one per payment and per batch without payments, or else one for the whole file.

    A final status of a file or batch that its parts contradict is also yielded, as `Unclear`.
    """
    report = _with_original(report)
    transactions, batches, group = _transactions(report), _batches(report), _groups(report)
    silent = _silent(batches)
    yield from (_status(report, transaction) for transaction in transactions)
    for batch in silent:
        yield _status(report, batch) if len(batches) == 1 else _one_of_several(report, batch, len(batches))
    if not transactions and not silent:
        yield from _whole(report, group)
    yield from _contradictions([*group[:1], *batches], report, transactions)


def _with_original(report: StatusReport) -> StatusReport:
    path = "OrgnlGrpInfAndSts/OrgnlMsgId"
    try:
        return report._replace(original=reference(report.element, path))
    except MessageFault as fault:
        return report._replace(original=glimpse(report.element, path), fault=str(fault))


def _whole(report: StatusReport, group: list[Level]) -> Iterator[BankNotice | Unclear]:
    speaking = [level for level in group if level.status_code]
    yield from (_status(report, level) for level in speaking)
    if not speaking:
        yield _unclear(report, Level("report", report.element, ""), "the report states nothing")


def _transactions(report: StatusReport) -> list[Level]:
    file, batches = _files(report), elements(report.element, "OrgnlPmtInfAndSts")
    alone = [(payment, file) for payment in _payments(report.element)]
    batch_payments = [(payment, (*file, batch)) for batch in batches for payment in _payments(batch)]
    return [
        Level(str(number), payment, "TxSts", within)
        for number, (payment, within) in enumerate([*alone, *batch_payments], start=1)
    ]


def _payments(parent: Element) -> list[Element]:
    """Return the payments that a report or a batch tells of.

    Some banks repeat what a payment was (`OrgnlTxRef`) and neither name it nor say a word of it: that tells nothing.
    """
    tags = ("TxSts", "StsRsnInf", "OrgnlEndToEndId", "OrgnlInstrId", "OrgnlUETR")
    payments = elements(parent, "TxInfAndSts")
    return [payment for payment in payments if any(elements(payment, tag) for tag in tags)]


def _files(report: StatusReport) -> tuple[Element, ...]:
    return tuple(elements(report.element, "OrgnlGrpInfAndSts"))


def _batches(report: StatusReport) -> list[Level]:
    batch_elements = elements(report.element, "OrgnlPmtInfAndSts")
    names = (
        ["batch"] if len(batch_elements) == 1 else [f"batch {number}" for number in range(1, len(batch_elements) + 1)]
    )
    return [
        Level(name, element, "PmtInfSts", _files(report)) for name, element in zip(names, batch_elements, strict=True)
    ]


def _silent(batches: list[Level]) -> list[Level]:
    """Return the batches that have a status of their own and list no payments."""
    return [batch for batch in batches if batch.status_code and not _payments(batch.element)]


def _groups(report: StatusReport) -> list[Level]:
    return [Level("group", element, "GrpSts") for element in elements(report.element, "OrgnlGrpInfAndSts")]


def _status(report: StatusReport, level: Level) -> BankNotice | Unclear:
    try:
        return _statement(report, level)
    except MessageFault as fault:
        return _unclear(report, level, str(fault))


def _statement(report: StatusReport, level: Level) -> BankNotice:
    if report.fault:
        raise MessageFault(report.fault)
    element, code = level.element, value(level.element, level.tag)
    status, reason = STATUS_CODES.get(code), reason_of(element, "StsRsnInf")
    end_to_end_id, unique = reference(element, "OrgnlEndToEndId"), reference(element, "OrgnlUETR")
    end_to_end_id = "" if is_filler(end_to_end_id) else end_to_end_id
    if status is None:
        raise MessageFault(f"status {readable(code, 35) or 'missing'} has no meaning here")
    if level.tag == "TxSts" and not end_to_end_id and not unique:
        raise MessageFault(f"{code} for a payment that is not named")
    if status is not BankStatus.REJECTED and not DUPLICATE_CODES.isdisjoint(_coded(element, *level.within)):
        raise MessageFault(f"the bank has file {report.original} already: {readable(reason, LONGEST_REASON)}")
    statement = BankNotice(
        message_id=report.message_id,
        entry=level.entry,
        status=status,
        code=code,
        reason=readable(reason, LONGEST_REASON),
        said_at=report.said_at,
        end_to_end_id=end_to_end_id,
        original_message_id=report.original,
        unique_transaction_reference=unique,
        doubt=str(_doubt(level) or "") if status is BankStatus.REJECTED else "",
    )
    return with_digest(statement, reason, *_of_a_duplicate_above(level))


def _doubt(level: Level) -> Fault | None:
    """Return the reason why a rejection ends nothing by itself, or None.

    Its own codes decide, or else those of the level that it is in.
    """
    codes = values(level.element, "StsRsnInf/Rsn/Cd")
    above = [code for node in level.within for code in values(node, "StsRsnInf/Rsn/Cd")]
    settlement_codes = (code for code in _statuses(level.within) if STATUS_CODES.get(code) is BankStatus.SETTLED)
    if whole := next(settlement_codes, None):
        return Fault(f"the bank says {whole} of the whole")
    return doubt_of_rejection(codes or above, _words(level.element, *level.within))


def _statuses(within: tuple[Element, ...]) -> list[str]:
    return [glimpse(node, tag) for node in within for tag in ("GrpSts", "PmtInfSts")]


def _of_a_duplicate_above(level: Level) -> list[str]:
    """Return the words on a duplicate of the batch or file above a payment. They count as said of the payment too."""
    above = _words(*level.within)
    return [above] if speaks_of_duplicate(above) else []


def _words(*parts: Element) -> str:
    return " ".join(filter(None, (reason_of(part, "StsRsnInf") for part in parts)))


def reason_of(element: Element, path: str) -> str:
    """Return all reasons at a path, their codes and texts, on one line."""
    return " ".join(
        word
        for reason in elements(element, path)
        for word in (*values(reason, "Rsn/Cd"), *values(reason, "Rsn/Prtry"), *values(reason, "AddtlInf"))
    )


def _coded(*parts: Element) -> list[str]:
    return [word for part in parts for word in _words(part).split()]


def _one_of_several(report: StatusReport, batch: Level, count: int) -> Unclear:
    """Return an unclear statement for one of several batches: our files have one, so it is not the file's status."""
    return _unclear(report, batch, f"{readable(batch.status_code, 35)} for one of {count} batches")


def _contradictions(above: list[Level], report: StatusReport, transactions: list[Level]) -> Iterator[Unclear]:
    """Yield an unclear statement for each final status of a batch or file if its parts or their count contradict it."""
    for level in above:
        status, below = STATUS_CODES.get(level.status_code), _below(level, report, transactions)
        if status not in FINAL or not below:
            continue
        if any(STATUS_CODES.get(part.status_code) is not status for part in below):
            yield _unclear(
                report, level, f"the bank says {level.status_code} of the whole and something else of its parts"
            )
        elif _counted(level) not in {"", str(len(below))} and below[0].tag == "TxSts":
            count = f"{readable(_counted(level), 35)} payments and names {len(below)}"
            yield _unclear(report, level, f"the bank says {level.status_code} of {count}")


def _below(level: Level, report: StatusReport, transactions: list[Level]) -> list[Level]:
    if level.tag == "PmtInfSts":
        return [Level("", element, "TxSts") for element in _payments(level.element)]
    return [*transactions, *_silent(_batches(report))]


def _counted(level: Level) -> str:
    return glimpse(level.element, "OrgnlNbOfTxs").lstrip("0")


def _unclear(report: StatusReport, level: Level, reason: str) -> Unclear:
    element, tag = level.element, level.tag
    end_to_end_id = glimpse(element, "OrgnlEndToEndId") or glimpse(element, "OrgnlInstrId")
    content = one_line(
        glimpse(element, tag) if tag else "",
        labelled("payment", end_to_end_id),
        labelled("UETR", glimpse(element, "OrgnlUETR")),
        labelled("file", report.original),
        masked(" ".join(glimpse(node) for node in elements(element, "StsRsnInf"))),
    )
    return Unclear(report.message_id, level.entry, readable(reason, LONGEST_REASON), end_to_end_id, content=content)
