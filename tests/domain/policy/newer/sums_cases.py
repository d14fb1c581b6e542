"""Worked cases C190 to C209: what a release waits for, sums, gifts, and politics (rules 4.9 to 4.12)."""

from __future__ import annotations

from typing import Any, Final

from domain.policy.findings import Outcome
from domain.screening.evidence import ApprovedSum
from tests.builders import NOON, status
from tests.domain.policy.cases import REFER, WITH_CONDITIONS, Case, Facts, all_three
from tests.domain.policy.language import paid, paid_to_charity
from tests.domain.policy.restating import Restated

PASSES: Final = frozenset({Outcome.PASS})
BARRED: Final = {name: {"BARRIER_MET"} for name in ("P", "F", "X")}
BARRIER: Final = "The county council has matched the grant"


STATEMENT: Final = {name: {"SUPPORT_STATEMENT"} for name in ("P", "F", "X")}


def given_before(*amounts: str, currency: str = "USD") -> tuple[ApprovedSum, ...]:
    """What the ledger knows that this funder approved for the payee within four years."""
    return tuple(
        ApprovedSum.model_validate(
            {"partnership_id": f"P-2025-000{number}", "money": {"amount": amount, "currency": currency},
             "approved_at": NOON, "same_payee": True}
        )
        for number, amount in enumerate(amounts, start=1)
    )  # fmt: skip


def in_proportion(amount: str, *before: ApprovedSum, **leg: Any) -> Facts:
    """A grant to a charity whose yearly revenue is USD 900,000, beside what this funder gave it before."""
    plans = [{"number": 1, "money": {"amount": amount, "currency": "USD"}}]
    return lambda profile: paid(None, status(), profile, seen={"support": before}, tranches=plans, **leg)


FOUR_YEARS: Final = {"total": {"amount": "3600000", "currency": "USD"}}


def grant(**leg: Any) -> Facts:
    """Money goes out to a listed public charity."""
    return lambda profile: paid_to_charity(profile, **leg)


CASES: Final[tuple[Case, ...]] = (
    Case("C190", "a conditional grant, and its barrier names no payment", grant(barrier=BARRIER),
         **all_three(WITH_CONDITIONS), conditions=BARRED),
    Case("C190", "the same, and the barrier names the first", grant(barrier=BARRIER, barrier_holds=[1]),
         **all_three(WITH_CONDITIONS), conditions=BARRED),
    Case("C196", "a grant of the payee's yearly revenue after two such grants, and nobody names them",
         in_proportion("900000", *given_before("900000", "900000")), **all_three(REFER)),
    Case("C196", "the same with its support of four years: 75 per cent",
         in_proportion("900000", *given_before("900000", "900000"), support=FOUR_YEARS),
         **all_three(WITH_CONDITIONS), conditions=STATEMENT),
    Case("C196", "small grants, and a quarter of the support with those of four years",
         in_proportion("300000", *given_before("300000", "300000"), support=FOUR_YEARS), **all_three(PASSES)),
    Case("C196", "the same, and one cent more",
         in_proportion("300000.01", *given_before("300000", "300000"), support=FOUR_YEARS),
         **all_three(WITH_CONDITIONS), conditions=STATEMENT),
    Case("C197", "a small grant after one in euros, which nobody can add",
         in_proportion("1000", *given_before("500000", currency="EUR")), **all_three(REFER)),
    Case("C197", "the same with its support of four years",
         in_proportion("1000", *given_before("500000", currency="EUR"), support=FOUR_YEARS),
         **all_three(WITH_CONDITIONS), conditions=STATEMENT),
    Case("C197", "a small grant after small ones in its own currency",
         in_proportion("1000", *given_before("1000", "1000")), **all_three(PASSES)),
)  # fmt: skip

RESTATED: Final[tuple[Restated, ...]] = ()
