"""A barrier and a period that is over, by the shell to the bank's file: what waits does not leave (rules 4.11)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.identity import end_to_end_id, payment_id
from domain.partnership.stages import Stage
from tests.accord.shell import PAYEE_ACCOUNT, REFUSED, Shell, assert_fails, files_in, proposal_content
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")

File = Callable[..., Path]
BARRIER = "The county council has matched the grant"
OVER = {"starts": "2025-01-01", "ends": "2025-12-31"}
PROPOSER, VERIFIER, PAYER = ("--as", "pia.berg"), ("--as", "vera.lind"), ("--as", "paul.nkosi")


def grant(reference: str, *amounts: str, leg: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The sample's proposal, with tranches and terms of the test's own: small sums, since all are for one payee."""
    content = proposal_content(reference)
    sums = enumerate(amounts or ("3000.00",), start=1)
    plans = [{"number": number, "money": {"amount": amount, "currency": "USD"}} for number, amount in sums]
    return {**content, "funds_out": {**content["funds_out"], "tranches": plans, **(leg or {})}, **more}


async def agreed(shell: Shell, desk: Desk, file: File, content: dict[str, Any]) -> Life:
    """Proposed, approved and signed by the shell."""
    reference = content["reference"]
    life = Life(desk, reference)
    await shell.done("propose", file(content), *PROPOSER)
    await life.until_stage(Stage.APPROVAL)
    await approve(shell, reference, "ana.silva", "femi.ade")
    signed = ("--account", PAYEE_ACCOUNT, "--signed-on", "2026-11-02")
    await shell.done("sign-agreement", reference, *signed, "--as", "dora.kim")
    return life


async def approve(shell: Shell, reference: str, *people: str) -> None:
    for person in people:
        await shell.done("approve", reference, "--no-interest", "--reason", "good work", "--as", person)


async def release(shell: Shell, reference: str, tranche: int = 1) -> Any:
    return await shell("release", reference, "--tranche", str(tranche), *PAYER)


async def left(shell: Shell, life: Life, folder: Path, tranche: int = 1) -> None:
    """The tranche is in the file that leaves for the bank."""
    await life.instructed(tranche)
    await shell.done("payments", "hand-over", await life.file(), "--out", folder, *PAYER)
    name = end_to_end_id(payment_id(life.reference, tranche, 1))
    assert any(name in path.read_text() for path in files_in(folder)), name


@pytest.mark.slow
async def test_an_unmet_barrier_holds_what_it_names_until_a_verifier_files_its_paper(
    shell: Shell, desk: Desk, reference: str, file: File, tmp_path: Path
) -> None:
    """C190: of two tranches the barrier names the second. The first leaves, and the second waits for its paper."""
    barred = {"barrier": BARRIER, "barrier_holds": [2]}
    life = await agreed(shell, desk, file, grant(reference, "3000.00", "2000.00", leg=barred))
    out = tmp_path / "out"
    assert (await release(shell, reference)).code == 0
    await left(shell, life, out)

    assert_fails(await release(shell, reference, 2), REFUSED, "not on file yet: BARRIER_MET")
    met = ("satisfy", reference, "--condition", "BARRIER_MET", "--note", "the council's resolution")
    paper = file("Resolved: the county matches the grant.", "resolution.txt")
    assert_fails(await shell(*met, *VERIFIER), REFUSED, "by a paper that shows it: give it with --document")
    assert_fails(
        await shell(*met, "--document", paper, "--as", "femi.ade"),
        REFUSED,
        "Femi Ade may not put papers on file",
    )
    assert_fails(await release(shell, reference, 2), REFUSED, "BARRIER_MET")

    await shell.done(*met, "--document", paper, *VERIFIER)
    assert (await release(shell, reference, 2)).code == 0
    await left(shell, life, out, 2)


@pytest.mark.slow
async def test_a_barrier_that_names_nothing_holds_every_payment(
    shell: Shell, desk: Desk, reference: str, file: File
) -> None:
    await agreed(shell, desk, file, grant(reference, leg={"barrier": BARRIER}))
    assert_fails(await release(shell, reference), REFUSED, "not on file yet: BARRIER_MET")
    shown = await shell.done("show", reference)
    assert "--condition BARRIER_MET --note NOTE --document FILE" in shown.words


@pytest.mark.slow
async def test_after_the_end_of_its_period_nothing_is_paid_ahead_until_it_is_extended(
    shell: Shell, desk: Desk, reference: str, file: File, tmp_path: Path
) -> None:
    """C191: the period ended a year ago. The payment waits until the programme extends it."""
    content = grant(reference, period=OVER)
    life = await agreed(shell, desk, file, content)
    assert_fails(await release(shell, reference), REFUSED, "the period ended on 2025-12-31", "accord amend")

    longer = {**content, "period": {"starts": "2025-01-01", "ends": "2999-12-31"}}
    await shell.done("amend", file(longer), "--reason", "the floods delayed it", *PROPOSER)
    assert_fails(await release(shell, reference), REFUSED, "PROGRAMME_APPROVER must approve")
    await approve(shell, reference, "ana.silva")
    assert (await release(shell, reference)).code == 0
    await left(shell, life, tmp_path / "out")


@pytest.mark.slow
async def test_what_an_accepted_report_of_the_period_releases_is_paid_after_its_end(
    shell: Shell, desk: Desk, reference: str, file: File, tmp_path: Path
) -> None:
    """C192: a payment for what was done waits for its report, and not for another period."""
    plan = [{"number": 1, "kind": "PROGRESS", "due_on": "2999-01-31", "holds": [1]}]
    life = await agreed(shell, desk, file, grant(reference, period=OVER, reports=plan))
    assert_fails(await release(shell, reference), REFUSED, "waits until report 1 is accepted")
    said = ("--kind", "PROGRESS", "--planned", "1", "--summary", "Eleven villages read")
    await shell.done("report", reference, *said, *PROPOSER)
    await shell.done("accept-report", reference, "--report", "1", "--reason", "seen on site", "--as", "ana.silva")
    assert (await release(shell, reference)).code == 0
    await left(shell, life, tmp_path / "out")
