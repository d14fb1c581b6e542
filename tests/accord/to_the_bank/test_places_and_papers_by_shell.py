"""The rules on places and on papers abroad stop money: by shell, up to the bank's file (rules 4.5, 4.6)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from activities.contracts import TrancheStart
from activities.payment import Payments
from domain.partnership import events as e
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from payments.accounts import reference_of
from tests import paying
from tests.accord.shell import BAD_INPUT, DONE, Shell, files_in
from tests.builders import abroad, complete_equivalency, funds_out, paper, party, proposal, public_interest
from tests.lives import Life
from tests.payments.orders import RIVERBEND

IRAN = {"kind": "INTERNET_USERS", "places": [{"country": "IR"}], "number": "NOT_KNOWN"}
IN_IRAN = public_interest(community=IRAN, community_served="Internet users in Tehran, Iran")
EXTRACT = {**paper("REGISTRATION"), "reference": "DE-HRB 123456"}


def bare(**more: Any) -> dict[str, Any]:
    """An extract that names no register, as all of them were before."""
    return {key: value for key, value in {**EXTRACT, **more}.items() if key != "number"}


def to(payee: Any, reference: str) -> Proposal:
    return proposal(reference, partner=payee, funds_out=funds_out("900.00", payee=payee))


def to_company(reference: str) -> Proposal:
    numbers = [{"scheme": "DE-CR", "number": "HRB 123456"}]
    return to(abroad("Lernwerk Nord", country="DE", papers=[bare()], numbers=numbers), reference)


async def lead_to_the_bank(shell: Shell, life: Life, made: Proposal, folder: Path) -> Partnership:
    """Do by shell all that staff do until a file is handed over, whatever is refused on the way. Nobody clears."""
    path = folder / "proposal.json"
    path.write_text(made.model_dump_json(exclude_none=True), "utf-8")
    await shell.done("propose", path, "--as", "pia.berg")
    await life.until(lambda known: known.assessment is not None)
    account = await life.account(made.funds_out.payee.name if made.funds_out else "")
    ready, of = "read, and the digests agree", life.reference
    for words in (
        ("approve", of, "--no-interest", "--as", "ana.silva", "--reason", "fits the programme"),
        ("approve", of, "--no-interest", "--as", "femi.ade", "--reason", "within the budget"),
        ("satisfy", of, "--condition", "PAPERS_READ", "--note", ready, "--as", "vera.lind"),
        ("satisfy", of, "--condition", "CONTROL_AND_RECORDS", "--note", ready, "--as", "vera.lind"),
        ("sign-agreement", of, "--as", "dora.kim", "--account", account.reference, "--signed-on", "2026-11-02"),
        ("release", of, "--tranche", "1", "--as", "paul.nkosi"),
    ):
        await shell(*words)
    known = await life.state()
    if known.tranches and known.tranches[0].attempt:
        await life.instructed()
        message_id = await life.file()
        await shell("payments", "hand-over", message_id, "--out", folder / "out", "--as", "paul.nkosi")
    return await life.state()


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("made", "told"),
    [
        pytest.param(lambda ref: proposal(ref, public_interest=IN_IRAN), "in Iran (31 CFR part 560)", id="community"),
        pytest.param(
            lambda ref: proposal(ref, funds_out=funds_out("900.00", purpose="Mesh networks for schools in Tehran")),
            "the purpose says 'tehran'",
            id="words",
        ),
        pytest.param(to_company, "DE-CR HRB 123456 is in a register of companies", id="company's number"),
        pytest.param(
            lambda ref: to(abroad("Village Circle", papers=[bare(dated="1950-03-01")]), ref),
            "of 1950-03-01 is older than 24 months; file a newer one",
            id="extract of 1950",
        ),
    ],
)
async def test_w4_w5_no_file_is_made_of_what_the_rules_ask_first(
    shell: Shell, desk: Desk, reference: str, tmp_path: Path, made: Any, told: str
) -> None:
    known = await lead_to_the_bank(shell, Life(desk, reference), made(reference), tmp_path)
    assert not (tmp_path / "out").exists()
    assert known.assessment is not None
    assert told in known.assessment.deciding
    assert not any(one.attempt for one in known.tranches)


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_v3_a_charity_by_the_charities_register_is_paid_whatever_its_form(
    shell: Shell, desk: Desk, reference: str, tmp_path: Path
) -> None:
    name = f"The Camden Future Network {reference.replace('-', ' ')} Limited"
    charity = {**paper("REGISTRATION"), "number": {"scheme": "GB-CHC", "number": "1090095"}}
    payee = abroad(name, country="GB", papers=[charity], numbers=[{"scheme": "GB-COH", "number": "07444723"}])
    known = await lead_to_the_bank(shell, Life(desk, reference), to(payee, reference), tmp_path)
    assert known.tranches[0].attempt == 1
    assert len(files_in(tmp_path / "out")) == 1


async def test_w4_what_was_agreed_before_is_asked_again_when_it_is_paid(furnished: Desk) -> None:
    """An earlier edition did not ask where the community is: the last check does, and withholds."""
    payee = party(RIVERBEND.holder)
    made = proposal(paying.REFERENCE, public_interest=IN_IRAN, partner=payee, funds_out=funds_out(payee=payee))
    assert made.funds_out is not None
    scribe = await paying.agreed(furnished, made, reference_of(RIVERBEND))
    planned = {"tranche": 1, "attempt": 1, "money": made.funds_out.total, "attempt_signed": True}
    await scribe.says(e.TrancheReleased, "paul.nkosi", **planned)
    start = TrancheStart(partnership_id=paying.REFERENCE, tranche=1, attempt=1)
    outcome = await ActivityEnvironment().run(Payments(furnished.pool).instruct_payment, start)
    assert outcome.withheld is not None
    assert "the community served is in Iran" in outcome.withheld.reason


async def test_who_gave_a_determination_is_sealed_in_the_ledger(furnished: Desk) -> None:
    given = complete_equivalency(practitioner_name="Lena Hartwig", credential="State Bar of Kansas 20417")
    made = proposal(paying.REFERENCE, funds_out=funds_out(payee=abroad(), equivalency=given))
    await paying.verified_and_assessed(furnished, made)
    rows = await furnished.pool.fetch("SELECT payload, meta FROM ledger.events")
    assert not [row for row in rows if b"Hartwig" in row["payload"] + row["meta"] or b"20417" in row["payload"]]
    known = (await furnished.known_partnership(paying.REFERENCE)).proposed.funds_out
    assert known is not None
    assert known.equivalency is not None
    assert known.equivalency.practitioner_name == "Lena Hartwig"


@pytest.mark.slow
@pytest.mark.parametrize(("words", "code", "told"), [("UK", DONE, "nothing is recorded"), ("XX", BAD_INPUT, "say who")])
async def test_two_letters_of_a_country_name_a_community(
    shell: Shell, desk: Desk, worker: None, tmp_path: Path, words: str, code: int, told: str
) -> None:
    path, content = tmp_path / "proposal.json", proposal("P-2026-7781").model_dump(mode="json")
    content["public_interest"]["community_served"] = words
    path.write_text(json.dumps(content))
    answer = await shell("propose", path, "--check")
    assert (answer.code, told in answer.words) == (code, True), answer
