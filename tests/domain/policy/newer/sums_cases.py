"""Worked cases C190 to C209: what a release waits for, sums, gifts, and politics (rules 4.9 to 4.12)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from domain.policy.findings import Outcome
from domain.screening.approved_sums import ApprovedSum
from tests.builders import NOON, money, status
from tests.domain.policy.cases import DENY, REFER, WITH_CONDITIONS, Case, Facts, all_three
from tests.domain.policy.language import ALIGNED, given, joined, paid, paid_to_charity
from tests.domain.policy.restating import Restated

PASSES: Final = frozenset({Outcome.PASS})
BARRED: Final = {name: {"BARRIER_MET"} for name in ("P", "F", "X")}
BARRIER: Final = "The county council has matched the grant"


STATEMENT: Final = {name: {"SUPPORT_STATEMENT"} for name in ("P", "F", "X")}


def given_before(*amounts: str, currency: str = "USD") -> tuple[ApprovedSum, ...]:
    """The approvals of this funder for the payee within four years, by the ledger."""
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


FUND: Final = {name: {"RESTRICTED_FUND"} for name in ("P", "X")}
DISCLOSED: Final = {name: {"DISCLOSURE"} for name in ("P", "X")}
THANKED: Final = {name: {"ACKNOWLEDGMENT"} for name in ("P", "X")}


def gift(amount: str = "10000.00", **leg: Any) -> Facts:
    """Money comes in from a company."""
    return lambda profile: given(amount, profile, **leg)


def unsaid(field: str) -> Facts:
    """A gift of which one question was left open."""
    return gift(**{field: None})


def pledge(*amounts: str) -> Facts:
    """A gift that comes in instalments, one a year."""
    parts = [{"due_on": f"{2027 + year}-01-15", "amount": amount} for year, amount in enumerate(amounts)]
    return gift(str(sum(map(Decimal, amounts))), schedule=parts)


CAMPAIGN: Final = "Campaign for the election of candidate Maria Lopez"
VOTERS: Final = "Non-partisan guides for voters, in eleven libraries"


def joins(activity: str) -> Facts:
    """Forces are joined without money."""
    return lambda profile: joined(profile, activity=activity, alignment=ALIGNED)


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
    Case("C198", "a campaign for the election of a candidate, entered as a programme", grant(purpose=CAMPAIGN),
         **all_three(REFER)),
    Case("C198", "the same, entered as an election", grant(purpose=CAMPAIGN, uses=["ELECTION"]), **all_three(DENY)),
    Case("C198", "the same, entered as the education of voters", grant(purpose=CAMPAIGN, uses=["VOTER_EDUCATION"]),
         **all_three(REFER)),
    Case("C199", "a referendum, entered as training", grant(purpose="Yes to the referendum", uses=["TRAINING"]),
         **all_three(REFER)),
    Case("C199", "joint work that lobbies", joins("Lobbying parliament together"), **all_three(REFER)),
    Case("C200", "non-partisan education of voters", grant(purpose=VOTERS, uses=["VOTER_EDUCATION"]),
         **all_three(PASSES)),
    Case("C200", "the same, and nobody names the use", grant(purpose=VOTERS), **all_three(REFER)),
    Case("C201", "a drive to register voters", grant(purpose="Registering voters", uses=["VOTER_REGISTRATION"]),
         p=PASSES, f=PASSES, x=REFER),
    Case("C202", "a gift restricted in parts alone", gift(restriction={"places": ["KE"], "whole": True}),
         p=WITH_CONDITIONS, f=DENY, x=WITH_CONDITIONS, conditions=FUND),
    Case("C202", "the same, not after a day", gift(restriction={"not_after": "2027-12-31", "whole": True}),
         p=WITH_CONDITIONS, f=DENY, x=WITH_CONDITIONS, conditions=FUND),
    Case("C203", "the donor's words name the receiver", gift(restricted_to="To be paid to Club of the Bay"),
         p=REFER, f=DENY, x=REFER),
    Case("C203", "the same in other words", gift(restricted_to="For the benefit of the Bay Rowing Society"),
         p=REFER, f=DENY, x=REFER),
    Case("C203", "words that name those who benefit, and no receiver",
         gift(restricted_to="Tablets to be given to pupils of village schools"),
         p=WITH_CONDITIONS, f=DENY, x=WITH_CONDITIONS),
    Case("C204", "a mug of 5 for a gift of 100", gift("100.00", benefit=money("5.00")), p=PASSES, f=DENY, x=PASSES),
    Case("C204", "a dinner of 40 for it", gift("100.00", benefit=money("40.00")),
         p=WITH_CONDITIONS, f=DENY, x=WITH_CONDITIONS, conditions=DISCLOSED),
    Case("C204", "what is worth 2 per cent of a sponsorship of 200",
         gift("200.00", kind="SPONSORSHIP", benefit=money("4.00")), p=PASSES, f=DENY, x=PASSES),
    Case("C205", "a pledge of three times 100", pledge("100.00", "100.00", "100.00"), p=PASSES, f=DENY, x=PASSES),
    Case("C205", "a pledge of 100 and 250", pledge("100.00", "250.00"),
         p=WITH_CONDITIONS, f=DENY, x=WITH_CONDITIONS, conditions=THANKED),
    Case("C206", "nobody says whether it buys influence", unsaid("influences_priorities"), p=REFER, f=DENY, x=REFER),
    Case("C206", "nobody says whether the donor names a receiver", unsaid("names_receiver"), p=REFER, f=DENY, x=REFER),
    Case("C206", "nobody says what the donor gets", unsaid("gets_in_return"), p=REFER, f=DENY, x=REFER),
    Case("C206", "nobody says whether it is advertising", unsaid("advertising"), p=REFER, f=DENY, x=REFER),
    Case("C206", "nobody says whether the sum is contingent", unsaid("contingent"), p=REFER, f=DENY, x=REFER),
    Case("C207", "the donor gets something, and nobody says its value", gift(gets_in_return=True),
         p=REFER, f=DENY, x=REFER),
    Case("C207", "the donor says who must get it, and nobody says who", gift(names_receiver=True),
         p=REFER, f=DENY, x=REFER),
)  # fmt: skip

RESTATED: Final[tuple[Restated, ...]] = ()
