"""A truth in a partnership that a worker runs: nothing is released, and what is so the rules judge at the next look."""

from __future__ import annotations

import pytest

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.proposal import Proposal
from tests.accord.shell import REFUSED, Shell, proposal_content
from tests.lives import Life

LOST = (
    "--kind", "LOST_STATUS", "--what", "The grantee wrote that its exemption is revoked", "--since", "2026-11-25",
)  # fmt: skip


@pytest.mark.slow
async def test_knowledge_of_a_lost_status_after_the_agreement_stops_every_payment_and_nobody_clears_it(
    desk: Desk, shell: Shell, worker: None, reference: str
) -> None:
    life = Life(desk, reference)
    await life.signed(Proposal.model_validate(proposal_content(reference)))
    told = await shell.done("tell", reference, *LOST, "--from", "its treasurer", "--as", "pia.berg", "--json")
    name = told.json["truth"]
    refused = await shell("release", reference, "--as", "paul.nkosi")
    assert (refused.code, f"nothing is paid: {name} was told by pia.berg" in refused.words) == (REFUSED, True)

    answered = ("answer-truth", name, "--so", "--reason", "the IRS says so", "--as")
    own = await shell(*answered, "pia.berg")
    assert (own.code, "Pia Berg may not answer what was told: a verifier must" in own.words) == (REFUSED, True)
    await shell.done(*answered, "vera.lind")
    held = await life.until(lambda known: known.hold is not None)
    assert held.hold is not None
    assert "ELIG-REVOKED" in held.hold.reason
    assert held.verification is not None
    assert [one.name for one in held.verification.truths] == [name]

    with pytest.raises(Refused):
        await life.do(c.ClearQuestions, "noor.haddad", questions=("ELIG-REVOKED",), reason="known", no_interest=True)
    await shell.done("lift", reference, "--as", "femi.ade", "--reason", "only a letter")
    again = await shell.done("release", reference, "--as", "paul.nkosi")
    assert "Its payment is withheld, and nothing leaves: the funder knew since 2026-11-25" in again.words
