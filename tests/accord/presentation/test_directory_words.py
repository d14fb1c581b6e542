"""Changes of the directory in words: what becomes of whom, as a difference from what stands, and as the whole."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from accord.presentation.words.organisation.directory import ROLE_WORK, changes_in_words
from domain.budgets.terms import AskedBudget
from domain.directory import people as d
from domain.directory.chart import BookRules
from domain.directory.directory import Directory
from domain.directory.tiers import HouseRules, Objective, Role
from domain.organisation.tokens import ApiToken, Scope
from domain.parties import Funder, FunderProfile
from domain.signatures.signing import LogEpoch, PublicKey
from domain.values import Money
from domain.webhooks.endpoint import Endpoint
from tests.builders import HOUSE_RULES

FEMI = d.StaffMember(staff_id="femi.ade", name="Femi Ade", roles=(Role.PROPOSER,))
DIRECTORY = Directory(staff=(FEMI,), rules=HOUSE_RULES)
LOAN = d.Delegation(
    lender="femi.ade", borrower="vera.lind", role=Role.PROPOSER, starts_on=date(2026, 1, 2), ends_on=date(2026, 3, 4)
)
KEY = PublicKey(ed25519="A" * 43 + "=")
LEDGER_ENDPOINT = Endpoint(
    name="general-ledger", url="https://books.example.org/hook", hears=("PaymentSettled", "fund"), after=40,
    sha256="ab" * 32, last_day=date(2027, 6, 30),
)  # fmt: skip
TOKEN = ApiToken(
    token_id="T-ABABABABABAB", holder="audit-firm", scopes=(Scope.LISTS, Scope.EVENTS), sha256="ab" * 32,
    last_day=date(2027, 6, 30),
)  # fmt: skip
FACTS: dict[type[Any], tuple[Any, str]] = {
    d.StaffRegistered: (
        d.StaffRegistered(member=FEMI.model_copy(update={"roles": (Role.FINANCE_APPROVER,)})),
        "Femi Ade becomes finance approver",
    ),
    d.StaffLeft: (d.StaffLeft(staff_id="femi.ade"), "Femi Ade leaves"),
    d.FunderRegistered: (
        d.FunderRegistered(
            funder=Funder(funder_id="LAKE", name="Lake Fund", profile=FunderProfile.PUBLIC_CHARITY, account="BA-1")
        ),
        "Lake Fund (LAKE) is a funder: public charity, and pays from BA-1",
    ),
    d.KeyEnrolled: (d.KeyEnrolled(staff_id="femi.ade", key=KEY), f"Femi Ade signs with {KEY.key_id}"),
    d.KeyRevoked: (
        d.KeyRevoked(staff_id="femi.ade", key_id=KEY.key_id, compromised_since=datetime(2026, 11, 20, 9, tzinfo=UTC)),
        "others may have used it since 20 Nov 2026, 09:00 UTC",
    ),
    d.RoleDelegated: (
        d.RoleDelegated(delegation=LOAN),
        "the role proposer from 2 Jan 2026 to 4 Mar 2026",
    ),
    d.DelegationEnded: (d.DelegationEnded(delegation=LOAN), "Femi Ade no longer lends vera.lind proposer"),
    d.HouseRulesSet: (
        d.HouseRulesSet(rules=HOUSE_RULES.model_copy(update={"cooling_off_days": 9})),
        "Rule: after a change of bank details nothing is paid for 9 working days",
    ),
    d.EventSetAside: (
        d.EventSetAside(position=7, leaf="a" * 64, freezes=("femi.ade",)),
        "Entry 7 of the ledger counts for nothing, and Femi Ade may not act",
    ),
    d.EpochBegun: (
        d.EpochBegun(log=LogEpoch(origin="ledger.example", epoch=2), position=9, root="b" * 64, installation="1"),
        "Epoch 2 of the ledger ledger.example begins after entry 9",
    ),
    d.ApiTokenEnrolled: (
        d.ApiTokenEnrolled(token=TOKEN),
        "audit-firm reads lists and events by the HTTP API with the token T-ABABABABABAB until 30 Jun 2027",
    ),
    d.ApiTokenRevoked: (
        d.ApiTokenRevoked(token_id="T-ABABABABABAB"),
        "The token T-ABABABABABAB of the HTTP API opens nothing any more",
    ),
    d.LossAccepted: (
        d.LossAccepted(partnership_id="P-2026-0001", version=4, lost=("a hold",)),
        "P-2026-0001 goes on from entry 4 of its record, without a hold, which is lost",
    ),
    d.EndpointEnrolled: (
        d.EndpointEnrolled(endpoint=LEDGER_ENDPOINT),
        "What the ledger records of PaymentSettled and fund after entry 40 is sent to https://books.example.org/hook",
    ),
    d.EndpointRevoked: (
        d.EndpointRevoked(endpoint_name="general-ledger", endpoint_sha256="ab" * 32),
        "Nothing is sent to the endpoint general-ledger any more",
    ),
}


def test_every_kind_of_change_has_words() -> None:
    assert set(FACTS) == set(get_args(d.Fact))


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.__name__)
def test_a_change_is_said_in_words(kind: type[Any]) -> None:
    fact, words = FACTS[kind]
    said = ". ".join(changes_in_words(DIRECTORY, (fact,)))
    assert words in said
    assert re.search(r"[A-Z]+_[A-Z]+", said) is None


def test_a_change_of_a_person_is_said_as_difference_and_as_the_whole() -> None:
    """Given a proposer, when they become payer and are bound by a limit, then old, new and all that stands is said."""
    member = d.StaffMember(
        staff_id="femi.ade", name="Femi A. Ade", roles=(Role.PAYER,), limits=(Money(amount="500.00", currency="USD"),)
    )
    assert changes_in_words(DIRECTORY, (d.StaffRegistered(member=member),)) == (
        "Femi Ade is called Femi A. Ade now",
        "Femi A. Ade becomes payer",
        "Femi A. Ade is no longer proposer",
        "Femi A. Ade may approve up to USD 500.00",
        "Femi A. Ade is payer then, and may approve up to USD 500.00",
    )


def test_who_joins_is_known_to_what_follows() -> None:
    member = d.StaffMember(staff_id="ines.roth", name="Ines Roth", roles=(Role.DIRECTOR,))
    facts = (d.StaffRegistered(member=member), d.KeyEnrolled(staff_id="ines.roth", key=KEY))
    assert changes_in_words(DIRECTORY, facts) == (
        "Ines Roth (ines.roth) joins as director",
        f"Ines Roth signs with {KEY.key_id}",
    )


def test_of_rules_the_differences_are_said() -> None:
    """Given rules, when one falls and another comes, then each is said, and of the same rules that they stay."""
    rules: HouseRules = HOUSE_RULES.model_copy(update={"objectives": (Objective(code="OPEN", words="Keep it open"),)})
    assert "Rule: an aim of proposals is OPEN: Keep it open" in changes_in_words(
        Directory(rules=HOUSE_RULES.model_copy(update={"objectives": ()})), (d.HouseRulesSet(rules=rules),)
    )
    fallen = changes_in_words(
        Directory(rules=rules), (d.HouseRulesSet(rules=rules.model_copy(update={"objectives": ()})),)
    )
    assert fallen == ("No rule any more: an aim of proposals is OPEN: Keep it open",)
    assert changes_in_words(Directory(rules=rules), (d.HouseRulesSet(rules=rules),)) == ("The rules stay as they are",)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            {"template": "school-budget"},
            "needs a budget: its categories and limits are those of the edition of school-budget in force",
        ),
        ({"optional": True, "free_move": "10"}, "may have a budget: a category may rise freely by 10 % at most"),
    ],
)
def test_what_is_asked_of_a_programmes_budgets_is_said(asked: dict[str, Any], words: str) -> None:
    rules = HOUSE_RULES.model_copy(update={"budgets": (AskedBudget.model_validate({"programme": "Schools", **asked}),)})
    told = changes_in_words(Directory(rules=HOUSE_RULES), (d.HouseRulesSet(rules=rules),))
    assert told == (f"Rule: a grant of Schools {words}",)


def test_the_map_of_the_books_accounts_is_said_to_whoever_confirms_it() -> None:
    """Given a basis and an account of the organisation's own, then both are said, by the account's usual name."""
    own = {"basis": "CASH", "accounts": [{"account": "BANK", "code": "1010", "name": "Operating account"}]}
    rules = HOUSE_RULES.model_copy(update={"books": BookRules.model_validate(own)})
    assert changes_in_words(Directory(rules=HOUSE_RULES), (d.HouseRulesSet(rules=rules),)) == (
        "Rule: the book is kept on a cash basis",
        "Rule: in the book, Bank accounts is account 1010, Operating account",
    )


def test_every_role_says_what_its_holder_does() -> None:
    assert set(ROLE_WORK) == set(Role)
