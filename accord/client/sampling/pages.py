"""The pages of a sample's folder: one that leads to all, and one a partnership. They need no network and no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from html import escape
from typing import Final, NamedTuple

from accord.client.papers.copies import TakenPaper
from accord.client.sampling.case import CaseEvent, SampledCase, payment_folder
from accord.client.sampling.drawing import DrawnSample
from accord.client.sampling.population import BookedOrder
from accord.client.sampling.proofs import SampleProofs
from accord.presentation.numbers import count_in_words
from accord.presentation.words.days import whole_day_in_words as _day
from accord.presentation.words.payments import bank_in_words, booking_in_words
from accord.presentation.words.values import NamesInWords, money_in_words
from domain.payment.sample import METHOD
from domain.streams import StreamId

_FRAME: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; min-width: 60rem; }} td, th {{ text-align: start; vertical-align: top;
padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8885; }} th {{ white-space: nowrap; }}
dl {{ display: grid; grid-template-columns: minmax(8rem, 14rem) minmax(0, 1fr); gap: .35rem 1rem; }}
dt {{ font-weight: 600; }} dd {{ margin: 0; overflow-wrap: anywhere; }} .wide {{ overflow-x: auto; }}
code {{ overflow-wrap: anywhere; }} .bad {{ font-weight: 700; }}
@media (max-width: 40rem) {{ dl {{ display: block; }} dd {{ margin: 0 0 .5rem; }} }}
@media print {{ body {{ margin: 0; max-width: none; font-size: 8pt; }} table {{ min-width: 0; }}
tr {{ break-inside: avoid; }} }}</style></head>
<body>{body}</body></html>
"""


class TakenPayment(NamedTuple):
    """A sampled payment, with what the bank's own file says of it, and what stands out."""

    stream: StreamId
    booking: BookedOrder
    bank: str
    stands_out: tuple[str, ...]


class TakenCase(NamedTuple):
    """A partnership as it stands in the folder."""

    case: SampledCase
    payments: tuple[TakenPayment, ...]
    papers: tuple[TakenPaper, ...]
    receipts: Mapping[int, str]
    """By an event's position: its receipt in the folder, or why there is none."""

    @property
    def remarks(self) -> dict[str, str]:
        """The remarks of the first page on each payment, by its stream."""
        return {payment.stream: "; ".join([*payment.stands_out, self.papers_in_words]) for payment in self.payments}

    @property
    def papers_in_words(self) -> str:
        """The number of its papers in the folder, and of the faulty ones."""
        faulty = sum(paper.is_faulty for paper in self.papers)
        loss = f", {faulty} LOST OR ANOTHER" if faulty else ""
        here = sum(bool(paper.file) for paper in self.papers)
        return f"{here} of {count_in_words(len(self.papers), 'paper')} here{loss}"


def index_page(sample: DrawnSample, remarks: Mapping[str, str], proofs: SampleProofs | None) -> str:
    """Return the page that leads to all files of the folder. `remarks`: on payments, by their streams."""
    title = f"Sample of payments, {_day(sample.terms.first)} to {_day(sample.terms.last)}"
    heads = ("", "Payment", "Payee", "Sum", "Booked by the bank", "Why it is in the sample", "What stands out")
    rows = (
        (str(number), _link(f"{payment.partnership_id}/index.html", payment.name), escape(payment.payee),
         escape(sample.money(payment.units)), escape(_booked(payment.booked_on, payment.returned_on)),
         escape(sample.why(choice)), escape(remarks.get(payment.stream, "")))
        for number, (choice, payment) in enumerate(sample.payments, 1)
    )  # fmt: skip
    body = (
        f"<h1>{escape(title)}</h1>{_facts(_facts_of(sample, proofs))}<h2>The payments</h2>{_table(heads, rows)}"
        f"{_checking(proofs)}"
    )
    return _FRAME.format(title=escape(title), body=body)


def _facts_of(sample: DrawnSample, proofs: SampleProofs | None) -> Iterable[tuple[str, str]]:
    returns = sum(payment.returned_on is not None for payment in sample.population)
    back = f"; {returns} of them came back later" if returns else ""
    yield "Drawn from", f"{count_in_words(len(sample.population), 'payment')}, {sample.money(sample.total)}{back}"
    yield "Interval", sample.money(sample.interval)
    yield "Selections", str(sum(len(choice.units) for choice in sample.choices))
    yield "Seed", sample.terms.seed
    yield (
        "Start",
        f"{sample.money(sample.start)}: the SHA-256 of {METHOD}, a line break and the seed, modulo the interval",
    )
    yield "Ledger", f"its first {count_in_words(sample.terms.head, 'event')}"
    yield "Checkpoint", _checkpoint(proofs)


def _checkpoint(proofs: SampleProofs | None) -> str:
    if proofs is None:
        return "none is at hand, so that no receipts are in this folder"
    checkpoint = proofs.checkpoint
    return f"{checkpoint.origin}, {count_in_words(checkpoint.size, 'event')}, root {checkpoint.root.hex()}"


_STEPS: Final = (
    ("The files", "sha256sum -c SHA256SUMS, in this folder."),
    (
        "The choice",
        "population.csv has every payment in order with the money up to it. From the start on, one unit at each "
        "interval is selected; a payment is in the sample if one lies in it. accord audit sample draws it again from "
        "the same days, currency, seed, head, and size or interval.",
    ),
    (
        "A signature",
        "examples/verify_signature.py EVENT.json KEY.json, with a file of events and one of keys. Keys that were "
        "revoked since are not among them: the receipt has their enrolment.",
    ),
    (
        "That the ledger holds an event",
        "accord ledger check-receipt FILE --log ledger.pub, or examples/receipt.py, which needs nothing of Accord. "
        "Where a receipt is missing, no checkpoint was at hand that holds the event.",
    ),
    ("A paper", "Its SHA-256 stands in the signed event that names it, and on its partnership's page."),
)
"""How each thing in the folder is checked without whoever made it."""


def _checking(proofs: SampleProofs | None) -> str:
    proof_names = ("ledger.pub", "newest.checkpoint") if proofs is not None else ()
    files = " ".join(_link(name, name) for name in ("sample.json", "population.csv", *proof_names, "SHA256SUMS"))
    return f"<h2>How to check</h2>{_facts(_STEPS)}<p>{files}</p>"


def case_page(outcome: TakenCase, names: NamesInWords) -> str:
    """Return the page of a partnership: its payments, its papers and its events."""
    title = outcome.case.partnership_id
    body = [f"<p>{_link('../index.html', 'The sample')}</p><h1>{escape(title)}</h1>"]
    body += [_payment(payment, names) for payment in outcome.payments]
    papers = [_paper_row(paper) for paper in outcome.papers]
    heads = ("File", "Paper", "Origin", "SHA-256", "Held against it")
    body.append(f"<h2>Papers</h2>{_table(heads, papers) if papers else '<p>It names no paper.</p>'}")
    body.append(f"<h2>What happened</h2>{_events('events', outcome.case.events, outcome.receipts, names)}")
    for stream, events in outcome.case.payments:
        if stream.place is not None:
            table = _events(payment_folder(stream.place), events, outcome.receipts, names)
            body.append(f"<h2>Events of {_payment_name(stream).lower()}</h2>{table}")
    return _FRAME.format(title=escape(title), body="\n".join(body))


def _payment(payment: TakenPayment, names: NamesInWords) -> str:
    order, answer = payment.booking.order, payment.booking.answer
    facts = (
        ("Payee", order.payee.name),
        ("Sum", money_in_words(order.money)),
        ("For", order.purpose),
        ("Released by", f"{names.person(order.released_by)}, {_time(order.released_at)}"),
        ("Booked by the bank", _booked(payment.booking.booked_on, payment.booking.returned_on)),
        ("Value day", _day(answer.value_on) or "not told"),
        ("The bank's sum", booking_in_words(answer.figures) or money_in_words(answer.money)),
        ("The bank's reference", answer.bank_reference or "none"),
        ("The bank's words", bank_in_words(answer.reason) or answer.code),
        ("The bank's file", f"SHA-256 {answer.file_sha256}" if answer.file_sha256 else "none: people said so"),
        ("Held against the bank's file", payment.bank),
        ("What stands out", "; ".join(payment.stands_out) or "nothing"),
    )
    return f"<h2>{_payment_name(payment.stream)}</h2>{_facts(facts)}"


def _payment_name(stream: StreamId) -> str:
    return "Payment {}, attempt {}".format(*stream.place or ())


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _booked(day: date, returned_on: date | None) -> str:
    return f"{_day(day)}, came back on {_day(returned_on)}" if returned_on is not None else _day(day)


def _paper_row(paper: TakenPaper) -> tuple[str, ...]:
    link = _link(f"papers/{paper.file}", paper.file, download=True) if paper.file else ""
    digest = f"<code>{escape(paper.paper.digest)}</code>"
    outcome = f'<span class="bad">{escape(paper.outcome)}</span>' if paper.is_faulty else escape(paper.outcome)
    return link, escape(paper.paper.name), escape(paper.paper.origin), digest, outcome


def _events(folder: str, events: Sequence[CaseEvent], receipts: Mapping[int, str], names: NamesInWords) -> str:
    rows = [_event_row(folder, event, receipts.get(event.record.position, "none"), names) for event in events]
    return _table(("Recorded", "Who", "What", "Signature", "Receipt", "Event"), rows)


def _event_row(folder: str, event: CaseEvent, receipt: str, names: NamesInWords) -> tuple[str, ...]:
    doer, deed = event.words(names)
    standing = escape(event.standing())
    return (
        escape(_time(event.record.recorded_at)),
        escape(doer),
        escape(deed),
        f'<span class="bad">{standing}</span>' if event.fault is not None else standing,
        _link(receipt, "receipt") if receipt.startswith("receipts/") else escape(receipt),
        _link(f"{folder}/{event.file_name}", str(event.record.position)),
    )


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{escape(words)}</dd>' for name, words in facts)}</dl>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. `rows`: of cells that are escaped already."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"
    return f'<div class="wide" role="region" aria-label="Table" tabindex="0">{table}</div>'


def _link(address: str, words: str, download: bool = False) -> str:
    return f'<a href="{escape(address)}"{" download" if download else ""}>{escape(words)}</a>'
