"""Several payees carry out one project, as a verifier finds: what they get is decided together, to the bank's file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.organisation.recorded_truths import answer, tell
from accord.organisation.truths import Telling
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.screening.truths import TruthKind
from payments.accounts import reference_of
from tests import paying
from tests.accord.counter.files import PAYER, made_file
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails, files_in
from tests.accord.to_the_bank.test_sums_that_count import approved_beside, at, grant, with_tiers
from tests.activities.funding import done
from tests.paying import caught_up
from tests.payments.orders import RIVERBEND
from tests.scribe import Scribe

__all__ = ["at"]

OTHERS = grant("P-2026-0041", "90000.00", ein="001000002")
SAID = Telling(
    TruthKind.ONE_PROJECT, "Both build the mast of one school", date(2026, 11, 25),
    partnership_id="P-2026-0042", other="P-2026-0041",
)  # fmt: skip
TOLD = ("--kind", "ONE_PROJECT", "--what", "One mast", "--since", "2026-11-25", "--as", "pia.berg")


@pytest.fixture
async def beside(furnished: Desk) -> Desk:
    """An organisation where a director approves above 100,000, and 90,000 were approved for another payee."""
    await with_tiers(furnished)
    await approved_beside(furnished, OTHERS)
    return furnished


async def found_to_be_so(desk: Desk) -> None:
    await answer(desk, await tell(desk, SAID, "pia.berg"), True, "I compared the two plans", "vera.lind")


async def approved_by_two(scribe: Scribe) -> Scribe:
    for person in ("ana.silva", "femi.ade"):
        await done(await caught_up(scribe), c.Approve, person, no_interest=True, reason="within the budget")
    return await caught_up(scribe)


async def waiting(at: Shell) -> str:
    return (await at("payments", "export", "--as", PAYER)).words


async def test_without_a_finding_two_payees_are_decided_each_for_itself(beside: Desk) -> None:
    scribe = await approved_by_two(await paying.verified_and_assessed(beside, grant("P-2026-0042", "90000.00")))
    assert scribe.state.missing_approvals == ()


@pytest.mark.slow
async def test_once_a_verifier_found_one_project_its_whole_sum_asks_who_must_approve(beside: Desk) -> None:
    scribe = await paying.verified_and_assessed(beside, grant("P-2026-0042", "90000.00"))
    await found_to_be_so(beside)
    assert (await approved_by_two(scribe)).state.missing_approvals == (Role.DIRECTOR,)


@pytest.mark.slow
@pytest.mark.parametrize("so", [None, False])
async def test_what_nobody_answered_or_a_paper_refutes_adds_up_nothing(beside: Desk, so: bool | None) -> None:
    scribe = await paying.verified_and_assessed(beside, grant("P-2026-0042", "90000.00"))
    truth = await tell(beside, SAID, "pia.berg")
    if so is False:
        await answer(beside, truth, so, "two masts", "vera.lind", "the plans", "ab" * 32)
    assert (await approved_by_two(scribe)).state.missing_approvals == ()


@pytest.mark.slow
async def test_until_a_verifier_answers_neither_of_the_two_is_paid(at: Shell, beside: Desk) -> None:
    await paying.released(beside, "P-2026-0042")
    await at.done("tell", "P-2026-0041", "--with", "P-2026-0042", *TOLD, "--emergency")
    assert "(one project, since 2026-11-25) and waits for the answer of a verifier" in await waiting(at)


@pytest.mark.slow
async def test_what_two_approved_past_every_workflow_does_not_leave(at: Shell, beside: Desk, tmp_path: Path) -> None:
    """Given a file that was made, when the finding comes after it, then the whole sum is asked at the hand-over."""
    scribe = await paying.agreed(beside, grant("P-2026-0042", "90000.00"), reference_of(RIVERBEND))
    await paying.release(scribe)
    file = await made_file(beside)
    await found_to_be_so(beside)
    refused = await at("payments", "hand-over", file.message_id, "--out", tmp_path / "out", "--as", PAYER)
    assert "approvals are missing: DIRECTOR" in refused.words
    assert files_in(tmp_path / "out") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("P-2026-0042",), "--with: one project is of two partnerships; give ID, and another one by --with"),
        (("--with", "P-2026-0041"), "--with: one project is of two partnerships; give ID, and another one by --with"),
        (("P-2026-0041", "--with", "P-2026-0041"), "--with: one project is of two partnerships"),
        (("P-2026-0041", "--with", "P-2026-0042", "--about", "A body"), "--about: one project is of two partnerships"),
    ],
)
async def test_bad_input_names_the_field_and_nothing_is_recorded(
    at: Shell, beside: Desk, words: tuple[str, ...], message: str
) -> None:
    assert_fails(await at("tell", *words, *TOLD, "--emergency"), BAD_INPUT, message)
    assert (await at.done("truths", "--all", "--json")).json == []


@pytest.mark.slow
async def test_a_partnership_that_does_not_exist_is_one_project_with_nothing(at: Shell, beside: Desk) -> None:
    answered = await at("tell", "P-2026-0041", "--with", "P-2026-0999", *TOLD, "--emergency")
    assert_fails(answered, REFUSED, "no partnership P-2026-0999")
