"""The page of one partnership of before: what is claimed, who signed it, what nobody knows, and the way to money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from accord.client.imported.beginning import BEFORE_MONEY
from accord.client.imported.claim import claim_on_record
from accord.console.importing.claims import FACTS, claim_line
from accord.console.proposing.gate import beginning_closed
from accord.console.serving.desk import Console
from accord.presentation.words.codes import as_sentence, plainly, words_of
from accord.presentation.words.days import day_in_words, time_in_words
from accord.presentation.words.facts import FieldInWords
from accord.presentation.words.values import NamesInWords, country_in_words, money_in_words
from accord.web.pages import page, problem
from domain.imported.claims import ImportedPartnership, PastSum
from domain.imported.due import dues_of
from domain.partnership.partners import key_of
from records.imported.reading import SignedRecord
from records.imports import ImportedRecord
from records.read_models.claimed.lines import party_of

_BACK: Final = (("Partnerships of before", "/imports"),)


async def show(request: Request) -> Response:
    """Show a partnership of before. A look at it is on record."""
    console: Console = request.app.state.console
    claim = await claim_on_record(console.desk, request.path_params["reference"].upper())
    if claim is None:
        return problem(request, 404, "no partnership of before stands under this reference", _BACK)
    record = claim.record
    await console.looked_at(request.state.reader, record.reference)
    names = NamesInWords(await console.desk.directory())
    context = {
        "line": claim_line(ImportedRecord(record, *claim.standing[1:4])),
        "proposes": beginning_closed(request.state.reader, names.directory) is None,
        "partner_key": key_of(party_of(record.partnership.partner)),
        "claimed": list(_claimed(record.partnership, names)),
        "sums": list(_sums(record.partnership)),
        "dues": [FieldInWords(as_sentence(due.what), day_in_words(due.on)) for due in dues_of(record.partnership)],
        "unknown": [FACTS.get(name, name.replace("_", " ")) for name in record.partnership.unknown],
        "answer": record.answer or "",
        "signed": _signed(claim.standing, names),
        "earlier": [_signed(earlier, names) for earlier in claim.earlier],
        "here": words_of(claim.here.stage) if claim.here is not None else "",
        "other_partner": "" if claim.here is None or claim.is_same_partner else claim.here.proposed.partner.name,
        "steps": [as_sentence(step) for step in BEFORE_MONEY],
    }
    return page(request, "before.html", context)


def _claimed(claim: ImportedPartnership, names: NamesInWords) -> Iterator[FieldInWords]:
    partner = claim.partner
    yield FieldInWords("Partner", f"{partner.name}, {country_in_words(partner.country)}")
    if partner.kind is not None:
        yield FieldInWords("Kind of partner", as_sentence(words_of(partner.kind)))
    if partner.ein is not None:
        yield FieldInWords("US tax number", f"{partner.ein[:2]}-{partner.ein[2:]}")
    if partner.number is not None:
        yield FieldInWords("Number", f"{partner.number.number} ({partner.number.scheme})")
    yield FieldInWords("Funder", names.funder(claim.funder))
    for label, text in (
        ("Purpose", claim.purpose),
        ("Objective", claim.objective and as_sentence(plainly(claim.objective))),
    ):
        if text:
            yield FieldInWords(label, text)
    for label, day in (("Approved on", claim.approved_on), ("Agreed on", claim.agreed_on)):
        if day is not None:
            yield FieldInWords(label, day_in_words(day))
    if claim.period is not None:
        yield FieldInWords("Period", f"{day_in_words(claim.period.starts)} to {day_in_words(claim.period.ends)}")


def _sums(claim: ImportedPartnership) -> Iterator[FieldInWords]:
    yield from (FieldInWords("Paid", _past(part)) for part in claim.paid)
    yield from (FieldInWords("Came back", _past(part)) for part in claim.returned)
    for part in claim.tranches:
        when = f", due {day_in_words(part.due_on)}" if part.due_on is not None else ""
        yield FieldInWords("Promised and not paid", f"{money_in_words(part.money)}{when}")


def _past(part: PastSum) -> str:
    if part.on is not None:
        return f"{money_in_words(part.money)} on {day_in_words(part.on)}"
    return f"{money_in_words(part.money)} in {part.year or 'a year that nobody knows'}"


def _signed(signed: SignedRecord, names: NamesInWords) -> list[FieldInWords]:
    record = signed.record
    return [
        FieldInWords("Import" if record.replaces is None else "Correction", signed.order_sha256[:12]),
        FieldInWords("Signed by", f"{names.person(signed.signer)}, {time_in_words(signed.signed_at)}"),
        FieldInWords("Confirmed by", f"{names.person(signed.confirmer)}, {time_in_words(signed.confirmed_at)}"),
        FieldInWords("Written", time_in_words(signed.recorded_at)),
        FieldInWords(
            "From", f"{record.source} {record.partnership.key}: {record.sheet}, row {', '.join(map(str, record.rows))}"
        ),
        FieldInWords("Digest of the file", record.file_sha256, is_digest=True),
    ]
