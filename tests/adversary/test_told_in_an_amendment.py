"""Somebody tells a fact by amending the proposal, and the rules refuse the amendment: the fact stands at the payment.

Nothing of it was kept: the terms stayed as agreed, nothing held, and the next payment left (rules 4.1).
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.accord.shell import Answer
from tests.adversary.people.office import PAYER, Office
from tests.adversary.people.papers import CAPITOL, LAKESIDE, RIVERBEND, Organisation, grant

KNEW = {"what": "The grantee wrote that its exemption is revoked", "known_since": "2026-11-25"}
LISTED = {
    "party": {"name": "North Gate Shipping Co.", "kind": "NONPROFIT", "country": "US"},
    "purpose": "A reading room",
}
REGRANT = {"subrecipients": [LISTED], "payee_selects": True, "covenant": True}
TWO = ("4000.00", "4000.00")

TOLD: dict[str, dict[str, Any]] = {
    "knowledge of a lost status": {"known_changes": [KNEW]},
    "a sub-recipient on the list of blocked persons": {"regrant": REGRANT},
    "the place of activity is Iran": {"places": [{"country": "IR"}]},
}


async def amended(office: Office, reference: str, payee: Organisation, **leg: Any) -> Answer:
    """The answer to a person who amends the grant so."""
    changed = grant(reference, *TWO, payee=payee)
    changed["funds_out"] |= leg
    file = office.file(changed, "amended.json")
    return await office.accord("amend", file, "--reason", "as we learnt", "--as", "pia.berg")


def truths_in(answer: Answer) -> list[str]:
    return re.findall(r"T-[0-9A-F]{8}", answer.words)


async def release_refused(office: Office, reference: str) -> Answer:
    answer = await office.accord("release", reference, "--tranche", 1, "--as", PAYER)
    assert answer.code != 0, answer
    return answer


@pytest.mark.slow
@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=pytest.mark.slow) if number else what for number, what in enumerate(TOLD)]
)
async def test_what_an_amendment_told_after_the_agreement_keeps_the_next_payment(office: Office, what: str) -> None:
    """W1, W5."""
    reference = await office.granted(*TWO, payee=LAKESIDE)
    answer = await amended(office, reference, LAKESIDE, **TOLD[what])
    assert answer.code != 0
    assert "is on record as T-" in answer.words
    assert "the terms stay as they stand" in answer.words
    refused = await release_refused(office, reference)
    assert truths_in(answer)[0] in refused.words
    await office.pay()
    assert office.bank.told(reference) == [], f"the bank was told to pay {reference} after {what} was told"
    await settled(office, answer)


@pytest.mark.slow
@pytest.mark.parametrize("what", TOLD)
async def test_what_an_amendment_told_while_a_payment_is_released_keeps_that_payment(office: Office, what: str) -> None:
    reference = await office.released(*TWO, payee=CAPITOL)
    answer = await amended(office, reference, CAPITOL, **TOLD[what])
    assert "is on record as T-" in answer.words
    await office.pay()
    assert office.bank.told(reference) == [], f"the bank was told to pay {reference} after {what} was told"
    await settled(office, answer)
    await office.pay()
    assert len(office.bank.told(reference)) == 1, "what is found not to be so keeps nothing"


@pytest.mark.slow
async def test_what_an_amendment_told_under_a_hold_outlives_the_hold(office: Office) -> None:
    reference = await office.granted(*TWO, payee=RIVERBEND)
    await office.done("hold", reference, "--as", "vera.lind", "--reason", "a question in the press")
    answer = await amended(office, reference, RIVERBEND, known_changes=[KNEW])
    assert "is on record as T-" in answer.words
    await office.done("lift", reference, "--as", "femi.ade", "--reason", "answered")
    await release_refused(office, reference)
    await settled(office, answer)
    await office.release(reference)


@pytest.mark.slow
async def test_a_blocked_person_that_an_amendment_named_is_reported(office: Office) -> None:
    """W5: the report to OFAC is owed from that day on, whatever becomes of the amendment."""
    reference = await office.granted(*TWO, payee=LAKESIDE)
    answer = await amended(office, reference, LAKESIDE, regrant=REGRANT)
    await office.listed(reference)
    owed = [one for one in (await office.done("obligations", "--json")).json if reference in json.dumps(one)]
    assert "SANCTIONS_REPORT" in json.dumps(owed), owed
    await settled(office, answer)


@pytest.mark.slow
async def test_what_is_so_and_the_rules_refuse_is_cleared_by_nobody(office: Office) -> None:
    reference = await office.granted(*TWO, payee=LAKESIDE)
    answer = await amended(office, reference, LAKESIDE, places=[{"country": "IR"}])
    for truth in truths_in(answer)[:1]:
        await office.done("answer-truth", truth, "--so", "--reason", "as their report says", "--as", "vera.lind")
    shown = await release_refused(office, reference)
    assert "PLACES" in shown.words or "hold" in shown.words
    await office.pay()
    assert office.bank.told(reference) == []
    await settled(office, answer)


@pytest.mark.slow
async def test_terms_that_the_rules_refuse_leave_nothing(office: Office) -> None:
    reference = await office.granted(*TWO, payee=RIVERBEND)
    changed = grant(reference, *TWO, payee=RIVERBEND)
    company = {"name": "Meadow Cable Inc", "kind": "PRIVATE_COMPANY", "country": "US"}
    changed["funds_out"]["payee"] = changed["partner"] = company
    answer = await office.accord("amend", office.file(changed, "c.json"), "--reason", "cheaper", "--as", "pia.berg")
    assert answer.code != 0
    assert truths_in(answer) == []
    await office.release(reference)


async def settled(office: Office, answer: Answer) -> None:
    """A verifier finds by a paper that it is not so: later tests pay the same grantee."""
    paper = office.file("It is another body of that name", "letter.txt")
    for truth in dict.fromkeys(truths_in(answer)):
        said = ("--not-so", "--reason", "another body", "--document", paper, "--as", "vera.lind")
        await office.done("answer-truth", truth, *said)
