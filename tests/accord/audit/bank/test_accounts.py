"""The account that is paid must be the right one now: what people or the bank said since the release counts (R40)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accord.demo.sample import CALLER
from accord.organisation.governance import confirm_account
from domain.directory.people import FunderRegistered
from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.payment.tranche.status import TrancheOutcome
from payments.accounts import reference_of
from tests.accord.audit.story import (
    HARBOR,
    RIVERBEND,
    Step,
    Story,
    agreed,
    another_account,
    assessed,
    both,
    releases,
    tell,
    verified,
)
from tests.accord.audit.test_sums_together import BY_TWO
from tests.builders import funder, funding, funds_out, proposal
from tests.governing import decree, hire

NEWER = "since its release BA-"


async def recorded(story: Story) -> None:
    await another_account(story, "")


async def called_back(story: Story) -> None:
    await another_account(story)


def asked_anew(caller: str = CALLER) -> Step:
    """Somebody asks the payee, and the account that is paid is right."""

    async def step(story: Story) -> None:
        await confirm_account(story.desk, reference_of(RIVERBEND), caller, "called the listed number", anew=True)

    return step


def called_wrong(code: str = "AC04") -> Step:
    """The bank rejects a payment of another partnership to the same account."""

    async def step(story: Story) -> None:
        other = Story(story.desk, story.registers, "P-2026-0041")
        content = proposal(other.reference, funds_out=funds_out("1000.00"))
        await other.says(e.PartnershipProposed, "pia.berg", proposal=content, funding=funding())
        for each in (verified(), assessed, *BY_TWO, agreed(), releases()):
            await each(other)
        rejected = {"tranche": 1, "attempt": 1, "outcome": TrancheOutcome.REJECTED, "reason": f"{code}: closed"}
        await other.write(e.TrancheEnded(at=datetime.now(UTC), **rejected))

    return step


@pytest.mark.sampled(1)
@pytest.mark.parametrize("since", [recorded, called_back, both(asked_anew(), recorded)])
async def test_another_account_of_the_payee_since_the_release_keeps_the_payment(story: Story, since: Step) -> None:
    await tell(story)
    await story.let_through()
    await since(story)
    verdict = await story.stopped(NEWER)
    for remedy in (
        "accord payments cancel P-2026-0042 --tranche 1",
        f"confirm {reference_of(RIVERBEND).reference} --anew",
    ):
        assert remedy in str(verdict.reason)


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("holder", "is_kept"),
    [
        ("NETWORK LIBRARY RIVERBEND", True),
        ("RIVERBEND LIBRARY NETWORK PROGRAM", True),
        ("RIVERBEND TELECOM LTD", False),
    ],
)
async def test_another_account_in_a_name_that_may_be_the_payees_keeps_the_payment(
    story: Story, holder: str, is_kept: bool
) -> None:
    await tell(story)
    await another_account(story, "", holder=holder)
    await (story.stopped(NEWER) if is_kept else story.let_through())


async def test_the_account_that_is_paid_is_right_once_somebody_asked(story: Story) -> None:
    await tell(story)
    await both(called_back, asked_anew())(story)
    await story.let_through()


async def test_the_newest_word_counts(story: Story) -> None:
    await tell(story)
    await both(recorded, asked_anew())(story)
    other = await another_account(story, "")
    await confirm_account(story.desk, other, CALLER, "called the listed number")
    await story.stopped(NEWER)


@pytest.mark.slow
async def test_who_proposed_or_pays_does_not_settle_which_account_is_right(story: Story) -> None:
    await hire(story.desk, "paul.nkosi", Role.PAYER, Role.VERIFIER)
    await tell(story)
    await both(recorded, asked_anew("paul.nkosi"))(story)
    await story.stopped(NEWER)


@pytest.mark.slow
async def test_an_account_that_was_recorded_before_the_release_or_is_somebody_elses_keeps_nothing(story: Story) -> None:
    await tell(story, released=both(recorded, releases()))
    await another_account(story, "", "Harbor", HARBOR.holder)
    await story.let_through()


@pytest.mark.slow
async def test_an_account_that_the_bank_called_closed_elsewhere_is_not_paid_before_somebody_called_back(
    story: Story,
) -> None:
    await tell(story)
    await called_wrong()(story)
    await story.stopped(f"accord payments confirm {reference_of(RIVERBEND).reference} --anew")
    await asked_anew()(story)
    await story.let_through()


@pytest.mark.slow
async def test_the_account_of_a_sister_funder_is_not_another_payees(story: Story) -> None:
    """A false line in the directory or the ledger decides nothing: the last look reads both (rules 4.15)."""
    sister = funder(funder_id="SISTER").model_copy(
        update={"name": "Lake Society", "account": reference_of(RIVERBEND).reference}
    )
    await tell(story)
    await story.let_through()
    await decree(story.desk, FunderRegistered(funder=sister))
    await story.stopped("is the account of SISTER, a funder")
