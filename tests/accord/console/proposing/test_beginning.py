"""A draft begins under a reference that is free: neither proposed here, nor of a partnership of before."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.console.proposing.beginning import next_reference
from accord.organisation.imports.applying import apply_import
from domain.partnership import events as e
from ledger import clock
from ledger.projections import Projector
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from tests.accord.organisation.imports.test_bringing_in import signed_by_two, silent, table
from tests.builders import funding, proposal
from tests.imports.grants import mapping
from tests.scribe import Scribe


async def proposed(desk: Desk, reference: str) -> None:
    """Record a proposal under a reference, and have the lists made of it."""
    content = proposal(reference)
    await Scribe(desk, reference).says(
        e.PartnershipProposed, "pia.berg", at=clock.now(), proposal=content, funding=funding()
    )
    await Projector(desk.ledger, PARTNERSHIPS, judge_of(desk.ledger)).catch_up()


async def test_no_reference_of_a_claim_is_offered_to_another(furnished: Desk) -> None:
    """Given references of before in the way, and one proposed here, then the next is behind all of them."""
    year = clock.today().year
    assert await next_reference(furnished.pool) == f"P-{year}-0001"
    file = table({}, {})
    await signed_by_two(furnished, file, mapping(first_reference=f"P-{year}-0002"))
    await apply_import(furnished, file, silent)
    assert await next_reference(furnished.pool) == f"P-{year}-0001"
    await proposed(furnished, f"P-{year}-0001")
    assert await next_reference(furnished.pool) == f"P-{year}-0004"
    await proposed(furnished, f"P-{year}-0003")
    assert await next_reference(furnished.pool) == f"P-{year}-0004"
