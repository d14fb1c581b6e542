"""`accord import show`: one partnership of before, what is claimed of it, and what is needed before money is paid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from accord.cli.options import JsonOption, ReadIdArgument, run
from accord.cli.printing.output import out, print_json
from accord.client.database import open_database
from accord.client.imported.beginning import BEFORE_MONEY
from accord.client.imported.claim import ClaimOnRecord, claim_on_record
from accord.client.reading import LedgerAccess
from accord.presentation.faults import Refused
from domain.imported.claims import PastSum
from domain.imported.due import dues_of
from records.imported.reading import SignedRecord


def show(partnership: ReadIdArgument, as_json: JsonOption = False) -> None:
    """Show one partnership of before: what is claimed, who signed it, what nobody knows, and the way to money.

    Nothing of it was checked here. Example: accord import show P-2026-5001
    """

    async def work() -> ClaimOnRecord | None:
        async with open_database() as pool:
            return await claim_on_record(LedgerAccess(pool), partnership)

    claim = run(work())
    if claim is None:
        raise Refused(f"no partnership of before stands as {partnership}; `accord import list` shows those there are")
    print_claim(claim, as_json=as_json)


def print_claim(claim: ClaimOnRecord, *, as_json: bool) -> None:
    """Print a partnership of before."""
    if as_json:
        return print_json(as_content(claim))
    for line in lines_of(claim):
        out.print(line, soft_wrap=True, markup=False, highlight=False)
    return None


def as_content(claim: ClaimOnRecord) -> dict[str, Any]:
    """Return a partnership of before as JSON has it."""
    return {
        "claimed": True,
        "record": claim.record,
        "import": _import(claim.standing),
        "replaced": [
            {"partnership": earlier.record.partnership, "import": _import(earlier)} for earlier in claim.earlier
        ],
        "goes_on_here": claim.here.stage if claim.here is not None else None,
        "before_money": list(BEFORE_MONEY),
        "begin": _begin(claim),
    }


def _import(signed: SignedRecord) -> dict[str, Any]:
    return {
        "import": signed.order_sha256,
        "signed_by": signed.signer,
        "signed_at": signed.signed_at,
        "confirmed_by": signed.confirmer,
        "confirmed_at": signed.confirmed_at,
        "position": signed.position,
        "recorded_at": signed.recorded_at,
    }


def lines_of(claim: ClaimOnRecord) -> Iterator[str]:
    """Yield a partnership of before in lines."""
    record, before = claim.record, claim.record.partnership
    yield f"{record.reference}  {before.title}"
    yield "Claimed by its books of before Accord. Nothing of it was checked or decided here."
    yield f"Partner: {before.partner.name}, {before.partner.country}" + (
        f", EIN {ein}" if (ein := before.partner.ein) else ""
    )
    yield f"Claimed: {before.stage.value}, {before.agreed or 'no money'} of {before.funder}"
    yield from (f"Paid before: {_past(part)}" for part in before.paid)
    yield from (f"Came back: {_past(part)}" for part in before.returned)
    yield from (f"Due {due.on}: {due.what}, as claimed" for due in dues_of(before))
    yield f"Not known: {', '.join(before.unknown) or 'nothing that the table names'}"
    if record.answer is not None:
        yield f"Asked about its partner, and answered: {record.answer}"
    yield f"From {record.source} {before.key}: {record.sheet}, row {', '.join(map(str, record.rows))}"
    yield from _orders(claim)
    yield from _next(claim)


def _orders(claim: ClaimOnRecord) -> Iterator[str]:
    for earlier in claim.earlier:
        yield f"Replaced: the claim of import {earlier.order_sha256[:12]} of {earlier.recorded_at:%Y-%m-%d}"
    signed, word = claim.standing, "correction" if claim.earlier else "import"
    yield (
        f"The {word} that stands: {signed.order_sha256[:12]}, signed by {signed.signer} on {signed.signed_at:%Y-%m-%d}"
        f" and by {signed.confirmer} on {signed.confirmed_at:%Y-%m-%d}, written on {signed.recorded_at:%Y-%m-%d}"
    )


def _next(claim: ClaimOnRecord) -> Iterator[str]:
    if claim.here is not None:
        yield f"It goes on here: {claim.here.stage.value}. Next: `accord show {claim.record.reference}`"
        if not claim.is_same_partner:
            was = claim.record.partnership.partner.name
            yield f"Look: its partner here is {claim.here.proposed.partner.name}, and was {was}."
        return
    yield "Before money is paid of it:"
    yield from (f"  {number}. {step}" for number, step in enumerate(BEFORE_MONEY, 1))
    yield f"Begin: `{_begin(claim)}`"


def _begin(claim: ClaimOnRecord) -> str | None:
    return None if claim.here is not None else f"accord new proposal.json --from {claim.record.reference}"


def told_of_claim(claim: ClaimOnRecord) -> str:
    """Return a claim of before in a line, for the partnership that goes on from it."""
    before = claim.record.partnership
    paid = f", {before.agreed.currency} {before.kept:,} paid and kept" if before.agreed is not None else ""
    others = "" if claim.is_same_partner else f"; its partner was {before.partner.name} there"
    return (
        f"{claim.record.source} {before.key} is claimed with {before.agreed or 'no money'} agreed{paid}{others}"
        f" (`accord import show {claim.record.reference}`)"
    )


def _past(part: PastSum) -> str:
    when = part.on or part.year
    return f"{part.money}" + (f" ({when})" if when else ", in a year that nobody knows")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("show")(show)
