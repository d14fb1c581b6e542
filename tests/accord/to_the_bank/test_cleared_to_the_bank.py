"""A path's conditions stand at the payment, whoever cleared its question: by shell, to the bank's file (rules 4.2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from accord.client.desk import Desk
from domain.directory.tiers import Role
from domain.proposal import Proposal
from tests.accord.shell import REFUSED, Shell, assert_fails, files_in
from tests.builders import abroad, funds_out, party, proposal, sponsorship
from tests.lives import Life

NO_INTEREST = ("--no-interest", "--reason", "known to us")


def nothing_proves_it(reference: str) -> Proposal:
    """W2: a centre abroad, without a paper."""
    payee = abroad("Village Circle", papers=[])
    return proposal(reference, partner=payee, funds_out=funds_out("900.00", payee=payee))


def a_group_without_a_number(reference: str) -> Proposal:
    """W3: the use of fiscal sponsorship."""
    group = party("Lakeside Young Coders", ein=None, nobody_owns=True)
    return proposal(reference, funds_out=funds_out("900.00", sponsorship=sponsorship(project_of=group)))


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("made", "left"),
    [
        pytest.param(nothing_proves_it, "CONTROL_AND_RECORDS", id="W2"),
        pytest.param(a_group_without_a_number, "SPONSOR_FILE", id="W3", marks=pytest.mark.slow),
    ],
)
async def test_a_cleared_question_leaves_what_its_path_asks(
    shell: Shell, desk: Desk, reference: str, tmp_path: Path, made: Callable[[str], Proposal], left: str
) -> None:
    life, path, paper = Life(desk, reference), tmp_path / "proposal.json", tmp_path / "certificate.pdf"
    path.write_text(made(reference).model_dump_json(exclude_none=True), "utf-8")
    paper.write_text("A letter of the ministry", "utf-8")
    await shell.done("propose", path, "--as", "pia.berg")
    known = await life.until(lambda known: known.assessment is not None)
    await shell.done("approve", reference, "--as", "vera.lind", *NO_INTEREST, "--document", paper)
    for approver in ("ana.silva", "femi.ade", "dora.kim"):
        await shell.done("approve", reference, "--as", approver, *NO_INTEREST)
    account = await life.account(known.proposed.funds_out.payee.name if known.proposed.funds_out else "")
    await shell.done("sign-agreement", reference, "--as", "dora.kim", "--account", account.reference)
    released = ("release", reference, "--tranche", "1", "--as", "paul.nkosi")
    assert_fails(await shell(*released), REFUSED, f"not on file yet: {left}")
    await shell.done("satisfy", reference, "--condition", left, "--note", "filed and read", "--as", "vera.lind")
    await shell.done(*released)
    await life.instructed()
    await shell.done("payments", "hand-over", await life.file(), "--out", tmp_path / "out", "--as", "paul.nkosi")
    assert len(files_in(tmp_path / "out")) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_sentence_clears_no_body_that_nothing_proves(
    shell: Shell, desk: Desk, reference: str, tmp_path: Path
) -> None:
    path = tmp_path / "proposal.json"
    path.write_text(nothing_proves_it(reference).model_dump_json(exclude_none=True), "utf-8")
    await shell.done("propose", path, "--as", "pia.berg")
    await Life(desk, reference).until(lambda known: known.assessment is not None)
    said = await shell("approve", reference, "--as", "vera.lind", *NO_INTEREST)
    assert_fails(said, REFUSED, "no register lists (any more) is proved by a paper: name its document (--document)")
    assert "--no-interest --document FILE" in (await shell.done("show", reference)).stdout


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_another_funder_of_the_house_is_a_question_that_a_director_too_decides(
    shell: Shell, desk: Desk, reference: str, tmp_path: Path
) -> None:
    """W4: money went from one funder of the organisation to the other without a word."""
    life, path, paper = Life(desk, reference), tmp_path / "proposal.json", tmp_path / "minutes.pdf"
    payee = party("Internet Society Foundation", ein="001000098")
    made = proposal(reference, partner=payee, funds_out=funds_out("900.00", payee=payee))
    path.write_text(made.model_dump_json(exclude_none=True), "utf-8")
    paper.write_text("The minutes of both boards", "utf-8")
    await shell.done("propose", path, "--as", "pia.berg")
    known = await life.until(lambda known: known.assessment is not None)
    assert known.assessment is not None
    assert "another funder of the same organisation: a related party" in known.assessment.deciding
    await shell.done("approve", reference, "--as", "vera.lind", *NO_INTEREST, "--document", paper)
    for approver in ("ana.silva", "femi.ade"):
        await shell.done("approve", reference, "--as", approver, *NO_INTEREST)
    assert (await life.state()).missing_approvals == (Role.DIRECTOR,)
