"""Edition 2026.2: the project that money goes to: sponsors, re-grants, private benefit, exchanges, uses, gifts."""

from __future__ import annotations

from typing import Any

import pytest

from domain.grants import UseOfFunds
from domain.policy.findings import Assessment, Layer
from tests.builders import (
    beneficiary,
    benefit,
    company,
    exchange,
    gift_evidence,
    money,
    party,
    regrant,
    sponsorship,
    status,
)
from tests.domain.policy.language import (
    CONDITION,
    FAIL,
    PASS,
    PROFILES,
    REFER,
    conditions,
    finding,
    given,
    joined,
    paid,
    paid_to_charity,
    said,
    spoken,
)

RULES = ("SPONSOR", "REGRANT", "BENEFIT", "EXCHANGE", "USES", "FUND")
EVERY = (PASS, PASS, PASS)


def outcomes(rule: str, **leg: Any) -> tuple[Any, ...]:
    """The outcomes of a rule under P, F and X."""
    return tuple(said(paid_to_charity(profile, **leg), rule) for profile in PROFILES.values())


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("funder", PROFILES)
def test_given_no_money_goes_out_then_no_rule_on_projects_speaks(rule: str, funder: str) -> None:
    assert finding(given(profile=PROFILES[funder]), f"PROJECT-{rule}") is None
    assert finding(joined(PROFILES[funder]), f"PROJECT-{rule}") is None


@pytest.mark.parametrize("rule", ["SPONSOR", "REGRANT", "EXCHANGE", "FUND"])
def test_given_a_plain_grant_then_the_rules_on_special_projects_are_silent(rule: str) -> None:
    assert outcomes(f"PROJECT-{rule}") == (None, None, None)


# PROJECT-SPONSOR


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        ({}, (CONDITION, REFER, CONDITION)),
        ({"project_of": party("Village Circle", ein=None)}, (CONDITION, CONDITION, CONDITION)),
        ({"project_of": party("Village Circle", ein=None), "vendor_at_fair_value": False}, (CONDITION,) * 3),
        ({"earmarked": True}, (CONDITION, REFER, FAIL)),
        ({"wording": "FISCAL_AGENT"}, (FAIL,) * 3),
        ({"wording": "PASS_THROUGH"}, (FAIL,) * 3),
        ({"wording": "CONDUIT"}, (FAIL,) * 3),
        ({"controls_use": False}, (FAIL,) * 3),
        ({"others_command_release": True}, (FAIL,) * 3),
        ({"vendor_at_fair_value": False}, (FAIL,) * 3),
        ({"board_adopted": False}, (REFER,) * 3),
        ({"specific_project": False}, (REFER,) * 3),
        ({"keeps_records": False}, (REFER,) * 3),
        ({"holds_account": False}, (REFER,) * 3),
        ({"agreement_on": "2026-09-02"}, (REFER,) * 3),
        ({"agreement_on": "2026-09-01"}, (REFER,) * 3),
        ({"agreement_on": "2026-08-31"}, (CONDITION, REFER, CONDITION)),
    ],
    ids=str,
)
def test_a_sponsor_owns_and_controls_the_project_or_is_a_conduit(project: dict[str, Any], expected: Any) -> None:
    assert outcomes("PROJECT-SPONSOR", sponsorship=sponsorship(**project)) == expected


@pytest.mark.parametrize(
    ("project", "words"),
    [
        ({"wording": "FISCAL_AGENT"}, "the agreement is one of a fiscal agent, who must pass the money on"),
        ({"controls_use": False}, "the sponsor does not keep control and discretion over the use"),
        ({"others_command_release": True}, "the project or the funder may command the release of money"),
        ({"vendor_at_fair_value": False}, "a company is to be paid otherwise than as a vendor at fair market value"),
        ({"board_adopted": False}, "the sponsorship lacks: the board's adoption of the project"),
        ({"specific_project": False}, "the sponsorship lacks: a limit to a specific project"),
        ({"keeps_records": False}, "the sponsorship lacks: records of the exempt use"),
        ({"holds_account": False}, "the sponsorship lacks: the account in the sponsor's own name"),
        ({"agreement_on": "2026-09-02"}, "the sponsorship lacks: an agreement older than the application"),
        ({}, "Copper Kettle Software LLC's project, adopted and controlled by the sponsor"),
    ],
    ids=str,
)
def test_a_sponsorship_is_told_what_it_lacks(project: dict[str, Any], words: str) -> None:
    assert spoken(paid_to_charity(sponsorship=sponsorship(**project)), "PROJECT-SPONSOR").reason == words


def test_a_conduit_is_told_every_fault_and_the_way_out() -> None:
    faults = {"wording": "CONDUIT", "controls_use": False, "others_command_release": True}
    one = spoken(paid_to_charity(sponsorship=sponsorship(**faults)), "PROJECT-SPONSOR")
    assert one.reason.count(";") == 2
    assert one.options == ("a sponsor that owns and controls the project",)


def test_a_sponsor_keeps_a_file() -> None:
    assert conditions(paid_to_charity(sponsorship=sponsorship())) == {"SPONSOR_FILE"}


def test_the_rule_on_earmarks_has_a_source_of_its_own_that_is_a_lead_to_be_confirmed() -> None:
    one = spoken(paid_to_charity(PROFILES["X"], sponsorship=sponsorship(earmarked=True)), "PROJECT-SPONSOR")
    assert (one.outcome, one.reason) == (FAIL, "the funder earmarks the money for the project's owner")
    assert (one.layer, one.citation, one.confirmed) == (Layer.REG, "26 CFR 53.4945-5(a)(6)(i)", False)
    assert one.options == ("a sponsor that owns and controls the project",)


@pytest.mark.parametrize(
    ("funder", "project"),
    [
        ("X", {}),
        ("X", {"wording": "CONDUIT"}),
        ("X", {"wording": "CONDUIT", "earmarked": True}),
        ("P", {"earmarked": True}),
    ],
)
def test_every_other_word_on_a_sponsorship_rests_on_the_rules_own_source(funder: str, project: dict[str, Any]) -> None:
    one = spoken(paid_to_charity(PROFILES[funder], sponsorship=sponsorship(**project)), "PROJECT-SPONSOR")
    assert (one.layer, one.citation, one.confirmed) == (Layer.RULING, "Rev. Rul. 68-489; Rev. Rul. 66-79", True)


def test_a_companys_project_is_decided_by_the_foundation_itself() -> None:
    one = spoken(paid_to_charity(PROFILES["F"], sponsorship=sponsorship()), "PROJECT-SPONSOR")
    assert one.reason == "a company's project through a sponsor: a decision by the supporting organisation"


def test_a_sponsor_must_be_payable_itself() -> None:
    assert paid(company(), sponsorship=sponsorship()).outcome is FAIL


# PROJECT-REGRANT

PERSON = party("Ann Reader", kind="INDIVIDUAL", ein=None)


@pytest.mark.parametrize(
    ("passed_on", "leg", "expected"),
    [
        (regrant(), {}, (PASS, PASS, CONDITION)),
        (regrant(covenant=False), {}, (CONDITION,) * 3),
        (regrant(), {"alignment": None}, (PASS, REFER, CONDITION)),
        (regrant(payee_selects=False), {}, (REFER,) * 3),
        (regrant(party("One Circle"), company()), {}, (FAIL,) * 3),
        (regrant(company(), payee_selects=False, covenant=False), {}, (FAIL,) * 3),
        (regrant(party("One Circle"), PERSON), {}, (REFER,) * 3),
        (regrant(PERSON, payee_selects=False), {"alignment": None}, (REFER,) * 3),
        (regrant(PERSON, company()), {}, (FAIL,) * 3),
    ],
    ids=[
        "covenant",
        "no covenant",
        "not aligned",
        "the funder selects",
        "one company",
        "company and faults",
        "a person",
        "a person and faults",
        "a person and a company",
    ],
)
def test_the_payee_supports_nonprofit_projects_that_it_chooses(passed_on: Any, leg: Any, expected: Any) -> None:
    assert outcomes("PROJECT-REGRANT", regrant=passed_on, **leg) == expected


def test_for_profit_subrecipients_are_named() -> None:
    assessed = paid_to_charity(regrant=regrant(party("One Circle"), company("A LLC"), company("B LLC")))
    assert spoken(assessed, "PROJECT-REGRANT").reason.endswith("to be replaced or repaid: A LLC, B LLC")


def test_persons_among_subrecipients_are_named_whatever_else_is_wrong() -> None:
    people = (PERSON, party("One Circle"), party("Bo Reader", kind="INDIVIDUAL", ein=None))
    one = spoken(paid_to_charity(regrant=regrant(*people, payee_selects=False)), "PROJECT-REGRANT")
    assert one.reason == "grants to individuals run under their own programme: Ann Reader, Bo Reader"


@pytest.mark.parametrize(
    ("funder", "passed_on", "leg", "words"),
    [
        ("P", regrant(payee_selects=False), {}, "the funder chooses the sub-recipients, so each is the funder's own"),
        ("F", regrant(), {"alignment": None}, "sub-recipients of a supporting organisation's grant need evidence of"),
        ("P", regrant(), {}, "12 sub-recipients, none of them for-profit"),
        ("P", regrant(covenant=False), {}, "12 sub-recipients, none of them for-profit; each is bound to the same pu"),
    ],
)
def test_what_stands_against_passing_money_on_is_said(funder: str, passed_on: Any, leg: Any, words: str) -> None:
    one = spoken(paid_to_charity(PROFILES[funder], regrant=passed_on, **leg), "PROJECT-REGRANT")
    assert one.reason.startswith(words)


def test_subrecipients_are_counted() -> None:
    assert "12 sub-recipients" in spoken(paid_to_charity(regrant=regrant()), "PROJECT-REGRANT").reason


def test_the_regrant_covenant_is_a_condition_on_a_lead_to_be_confirmed() -> None:
    assessed = paid_to_charity(PROFILES["X"], regrant=regrant())
    assert conditions(assessed) == {"REGRANT_COVENANT"}
    one = spoken(assessed, "PROJECT-REGRANT")
    assert (one.layer, one.citation, one.confirmed) == (Layer.REG, "26 CFR 53.4945-5(a)(6)(i)", False)


@pytest.mark.parametrize("covenant", [True, False])
@pytest.mark.parametrize("funder", ["P", "F"])
def test_for_others_than_private_foundations_the_covenant_rests_on_the_owners_policy(
    funder: str, covenant: bool
) -> None:
    assessed = paid_to_charity(PROFILES[funder], regrant=regrant(covenant=covenant))
    assert conditions(assessed) == (set() if covenant else {"REGRANT_COVENANT"})
    one = spoken(assessed, "PROJECT-REGRANT")
    assert (one.layer, one.confirmed) == (Layer.POLICY, True)
    assert one.citation == "owner's policy, Types of Partnerships"


# PROJECT-BENEFIT

OWN = {"related_to_proposer": True}


@pytest.mark.parametrize("funder", PROFILES)
def test_without_a_word_on_private_benefit_the_rule_says_on_whose_word_it_passes(funder: str) -> None:
    assessed = paid_to_charity(PROFILES[funder])
    one = spoken(assessed, "PROJECT-BENEFIT")
    assert (one.outcome, one.reason) == (PASS, "the proposer names no private party that would benefit")
    assert conditions(assessed) == set()


@pytest.mark.parametrize(
    ("benefits", "expected"),
    [
        (benefit(), (PASS, PASS, CONDITION)),
        (benefit(beneficiary(share="49.99")), (PASS, PASS, CONDITION)),
        (benefit(beneficiary(share="50")), (PASS, REFER, CONDITION)),
        (benefit(beneficiary(share="100")), (PASS, REFER, CONDITION)),
        (benefit(open_on_equal_terms=False), (REFER,) * 3),
        (benefit(nonprofit_governance=False), (REFER,) * 3),
        (benefit(class_is_open=False), (REFER,) * 3),
        (benefit(beneficiary(share="1", **OWN)), (REFER,) * 3),
        (benefit(beneficiary(share="99.99", **OWN)), (REFER,) * 3),
        (benefit(beneficiary(share="100", **OWN)), (FAIL,) * 3),
        (benefit(beneficiary("Aa", "60", **OWN), beneficiary("Bb", "40", **OWN)), (FAIL,) * 3),
        (benefit(beneficiary(share="10", **OWN), class_is_open=False), (FAIL,) * 3),
        (benefit(beneficiary(share="10", **OWN), beneficiary("Bb", "10"), class_is_open=False), (REFER,) * 3),
        (benefit(distributes_surplus=True), (FAIL,) * 3),
    ],
)
def test_private_benefit_is_a_byproduct_small_beside_the_publics(benefits: Any, expected: Any) -> None:
    assert outcomes("PROJECT-BENEFIT", benefit=benefits) == expected


@pytest.mark.parametrize(
    ("benefits", "words"),
    [
        (benefit(distributes_surplus=True), "the surplus is distributed to private parties (inurement)"),
        (benefit(beneficiary(share="100", **OWN)), "the only user is the proposer's own company"),
        (benefit(open_on_equal_terms=False), "access is not open on equal terms"),
        (benefit(nonprofit_governance=False), "governance is not non-profit"),
        (benefit(class_is_open=False), "those who benefit are a closed list"),
        (benefit(beneficiary(**OWN)), "one who benefits is related to the proposer"),
        (benefit(), "open to all on equal published terms, under non-profit governance"),
    ],
)
def test_what_stands_against_a_benefit_is_said(benefits: Any, words: str) -> None:
    assert spoken(paid_to_charity(benefit=benefits), "PROJECT-BENEFIT").reason.endswith(words)


def test_a_main_user_is_named_to_the_foundation_on_the_owners_policy() -> None:
    one = spoken(paid_to_charity(PROFILES["F"], benefit=benefit(beneficiary())), "PROJECT-BENEFIT")
    assert one.reason.startswith("Great Plains Carrier Inc would be the main user")
    assert one.layer is Layer.POLICY


def test_a_private_foundation_keeps_the_benefit_test_on_file() -> None:
    assert conditions(paid_to_charity(PROFILES["X"], benefit=benefit())) == {"BENEFIT_FILE"}


# PROJECT-EXCHANGE


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (exchange(), (PASS, PASS, PASS)),
        (exchange(site_owner_is_commercial=True), (CONDITION, REFER, CONDITION)),
        (exchange(operator_is_nonprofit=False), (FAIL,) * 3),
        (exchange(distributes_surplus=True), (FAIL,) * 3),
        (exchange(open_on_equal_terms=False), (FAIL,) * 3),
        (exchange(operator_is_nonprofit=False, site_owner_is_commercial=True), (FAIL,) * 3),
    ],
)
def test_a_community_exchange_is_nonprofit_and_open_and_a_commercial_one_never(point: Any, expected: Any) -> None:
    assert outcomes("PROJECT-EXCHANGE", exchange=point) == expected


def test_a_commercial_exchange_is_told_every_fault() -> None:
    faults = exchange(operator_is_nonprofit=False, distributes_surplus=True, open_on_equal_terms=False)
    one = spoken(paid_to_charity(exchange=faults), "PROJECT-EXCHANGE")
    assert one.reason == (
        "not a community based exchange: its operator is not a non-profit, it distributes its surplus, "
        "it is not open to all on equal terms"
    )


def test_a_commercial_site_needs_the_benefit_test_on_file() -> None:
    assert conditions(paid_to_charity(exchange=exchange(site_owner_is_commercial=True))) == {"BENEFIT_FILE"}


# PROJECT-USES

NEVER, ONLY_NOT_BY_THE_FOUNDATION = (FAIL, FAIL, FAIL), (PASS, FAIL, PASS)
USES = {
    "PROGRAMME": EVERY,
    "EQUIPMENT": EVERY,
    "TRAINING": EVERY,
    "RELIGIOUS": ONLY_NOT_BY_THE_FOUNDATION,
    "ENDOWMENT": ONLY_NOT_BY_THE_FOUNDATION,
    "BUILDING": ONLY_NOT_BY_THE_FOUNDATION,
    "PRE_AWARD_COSTS": ONLY_NOT_BY_THE_FOUNDATION,
    "TUITION": ONLY_NOT_BY_THE_FOUNDATION,
    "LOBBYING": (REFER, FAIL, FAIL),
    "ELECTION": NEVER,
    "PERSONAL_GAIN": NEVER,
}


@pytest.mark.parametrize("use", USES)
def test_what_money_may_be_spent_on_by_each_funder(use: str) -> None:
    assert outcomes("PROJECT-USES", uses=(use,)) == USES[use]
    assert outcomes("PROJECT-USES", uses=("PROGRAMME", use)) == USES[use]


def test_every_use_has_its_answer() -> None:
    """Those of voters have theirs in C200 and C201, since edition 2026.5."""
    of_voters = {UseOfFunds.VOTER_EDUCATION.value, UseOfFunds.VOTER_REGISTRATION.value}
    assert set(USES) | of_voters == {use.value for use in UseOfFunds}


@pytest.mark.parametrize(
    ("uses", "funder", "layer", "words"),
    [
        (("ELECTION", "PERSONAL_GAIN"), "P", Layer.STATUTE, "never lawful: election, personal gain"),
        (("TUITION", "BUILDING"), "F", Layer.POLICY, "not funded by the Foundation: building, tuition"),
        (("LOBBYING",), "X", Layer.STATUTE, "lobbying is a taxable expenditure"),
        (("LOBBYING",), "P", Layer.STATUTE, "lobbying by the grantee counts against limits"),
        ((), "P", Layer.POLICY, "spent on the programme"),
        (("TRAINING", "EQUIPMENT"), "P", Layer.POLICY, "spent on equipment, training"),
    ],
)
def test_a_use_is_named_with_the_layer_that_speaks(uses: Any, funder: str, layer: Layer, words: str) -> None:
    one = spoken(paid_to_charity(PROFILES[funder], uses=uses), "PROJECT-USES")
    assert (one.layer, one.reason) == (layer, words)


# PROJECT-FUND


def charged(purpose: str = "Training", **gift: Any) -> Assessment:
    """USD 1000.00 are spent out of a gift."""
    leg = {"charged_to": {"gift": "P-2026-0007"}, "purpose": purpose}
    return paid(None, status(), seen={"gift": gift_evidence(**gift)}, **leg)


@pytest.mark.parametrize(
    ("purpose", "gift", "outcome"),
    [
        ("Training", {}, PASS),
        ("  training. ", {}, PASS),
        ("TRAINING  of teachers", {"restricted_to": "Training of  Teachers."}, PASS),
        ("Training", {"restricted_to": None}, PASS),
        ("Equipment", {}, FAIL),
        ("Training of teachers", {}, FAIL),
        ("Training", {"received": "1000.01"}, PASS),
        ("Training", {"received": "999.99"}, REFER),
        ("Training", {"currency": "EUR"}, REFER),
        ("Training", {"found": False}, REFER),
        ("Equipment", {"received": "1.00"}, FAIL),
        ("Training", {"committed": "0.01"}, REFER),
        ("Training", {"committed": "1000.00"}, REFER),
        ("Training", {"received": "5000.00", "committed": "4000.00"}, PASS),
        ("Training", {"received": "5000.00", "committed": "4000.01"}, REFER),
        ("Training", {"received": "5000.00", "committed": "3999.99"}, PASS),
        ("Training", {"received": "5000.00", "committed": "9000.00"}, REFER),
        ("Equipment", {"committed": "1000.00"}, FAIL),
    ],
    ids=str,
)
def test_restricted_money_is_spent_on_its_purpose_once_it_came(purpose: str, gift: Any, outcome: Any) -> None:
    assert said(charged(purpose, **gift), "PROJECT-FUND") is outcome


def test_a_gift_that_nobody_looked_up_refers() -> None:
    one = spoken(paid_to_charity(charged_to={"gift": "P-2026-0007"}), "PROJECT-FUND")
    assert (one.outcome, one.reason) == (REFER, "the ledger holds no gift P-2026-0007")


def test_what_a_gift_is_for_and_what_came_of_it_is_the_evidence() -> None:
    one = spoken(charged(committed="0.00"), "PROJECT-FUND")
    assert one.reason == "P-2026-0007 is spent within its restriction"
    assert one.evidence == (
        "P-2026-0007: restricted to 'Training'; USD 1000.00 received, 0.00 committed to other partnerships",
    )


@pytest.mark.parametrize(
    ("purpose", "gift", "words"),
    [
        ("Equipment", {}, "P-2026-0007 is restricted to another purpose: Training"),
        ("Training", {"committed": "250.00"}, "P-2026-0007 has less left than the USD 1,000.00 that are to be spent"),
    ],
)
def test_what_stands_against_spending_a_gift_is_told_with_what_was_promised_elsewhere(
    purpose: str, gift: Any, words: str
) -> None:
    one = spoken(charged(purpose, **gift), "PROJECT-FUND")
    assert one.reason == words
    committed = gift.get("committed", "0")
    assert one.evidence == (
        f"P-2026-0007: restricted to 'Training'; USD 1000.00 received, {committed} committed to other partnerships",
    )


def test_the_whole_of_the_tranches_is_to_be_left_of_a_gift() -> None:
    tranches = [{"number": n, "money": money("600.00")} for n in (1, 2)]
    leg = {"charged_to": {"gift": "P-2026-0007"}, "tranches": tranches}
    answers = [
        said(paid(None, status(), seen={"gift": gift_evidence(received=received)}, **leg), "PROJECT-FUND")
        for received in ("1200.00", "1199.99")
    ]
    assert answers == [PASS, REFER]
