"""A payee lives on between two payments: a new director, a newer name, a merger, told by the shell (rules 4.4).

What is true is taken, whoever it is about and whenever it is told; nothing leaves for the bank before it was judged.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.adversary.people.office import Office, until
from tests.adversary.people.papers import BEHIND, CAPITOL, LAKESIDE, RIVERBEND, Organisation, grant, party

LISTED = {"name": "Quillon Marlow", "role": "DIRECTOR", "kind": "INDIVIDUAL"}
ROSA = {"name": "Rosa Quiroga", "role": "DIRECTOR", "kind": "INDIVIDUAL"}
WROTE = ("--reason", "the payee wrote", "--as", "pia.berg")
MERGED = {
    "kind": "SUCCESSION",
    "dated": "2026-11-01",
    "sha256": "ab" * 32,
    "kept_by": "Records office, file 2026/77",
    "read_by": "vera.lind",
}


async def told(office: Office, reference: str, payee: Organisation, *amounts: str, **more: Any) -> Any:
    """The proposer tells anew who the payee is."""
    known = grant(reference, *amounts, payee=payee)
    known["funds_out"]["payee"] = {**known["funds_out"]["payee"], **more}
    return office.file(known, "amended.json")


async def looked(office: Office, reference: str, times: int = 1) -> None:
    """The registers were asked once more."""

    async def seen() -> bool:
        return len(await office.holds(reference, "RegistersRechecked")) >= times

    await until(seen)


@pytest.mark.slow
async def test_who_governs_the_payee_now_is_told_after_a_payment_and_the_next_one_leaves(office: Office) -> None:
    reference = await office.paid("500.00", "400.00")
    await office.hear_booked(reference)
    content = await told(office, reference, RIVERBEND, "500.00", "400.00", principals=[*BEHIND, ROSA])
    await office.done("amend", content, *WROTE)
    await looked(office, reference)
    await office.release(reference, 2)
    await office.pay()
    assert len(office.bank.told(reference, tranche=2)) == 1


@pytest.mark.slow
async def test_a_listed_director_told_of_between_release_and_hand_over_keeps_the_payment(office: Office) -> None:
    reference = await office.released("700.00", payee=CAPITOL)
    names, _ = await office.made()
    content = await told(office, reference, CAPITOL, "700.00", principals=[*BEHIND, LISTED])
    await office.done("amend", content, *WROTE)
    await looked(office, reference)
    for name in names:
        await office.accord(*office.hand_over(name))
    await office.pay()
    assert office.bank.told(reference) == []
    [held] = await office.holds(reference, "HoldPlaced")
    assert "Marlow" not in str(held), "the name is sealed"
    assert held["actor"] == "accord"


@pytest.mark.slow
async def test_a_merger_is_taken_over_and_the_successor_is_paid_what_is_left(office: Office) -> None:
    """lives L1: it took two partnerships, and the advice that was given opened the payment to the dead number."""
    reference = await office.paid("500.00", "400.00")
    await office.hear_booked(reference)
    await office.done("hold", reference, "--reason", "its number is in no register any more", "--as", "vera.lind")
    alone = office.file(grant(reference, "500.00", "400.00", payee=LAKESIDE), "other.json")
    refused = await office.accord("amend", alone, *WROTE)
    assert refused.code != 0
    assert "funds_out.succession" in refused.words
    assert "lift the hold" not in refused.words
    merged = grant(reference, "500.00", "400.00", payee=LAKESIDE)
    said = {"of": party(RIVERBEND), "since": "2026-11-01", "paid": "500.00", "paper": MERGED}
    merged["funds_out"]["succession"] = said
    await office.done("amend", office.file(merged, "merged.json"), *WROTE)

    async def assessed() -> bool:
        return len(await office.holds(reference, "EligibilityAssessed")) == 2

    await until(assessed)
    await office.done("lift", reference, "--reason", "another body took over", "--as", "femi.ade")
    await office.approved(reference)
    met = ("--condition", "PAPERS_READ", "--note", "the certificate of merger was read", "--as", "vera.lind")
    await office.done("satisfy", reference, *met)
    sign = ("sign-agreement", reference, "--as", "dora.kim", "--account")
    dead = await office.accord(*sign, office.accounts["riverbend"])
    assert dead.code != 0
    assert "is held in another name than Lakeside School of Networking" in dead.words
    await office.done(*sign, office.accounts["lakeside"])
    await office.done("approve", reference, "--no-interest", "--as", "femi.ade", "--reason", "the new account")
    await office.release(reference, 2)
    await office.pay()
    [paid] = office.bank.told(reference, tranche=2)
    assert paid.amount == Decimal("400.00")
    assert len(office.bank.told(reference, tranche=1)) == 1
