"""Edition 2026.2: which class of recipient a payee is, from what it declares and documents and the registers say."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import Party
from domain.policy.codes import FOUNDATION_CLASSES, KNOWN_SUBSECTIONS, PUBLICATION_78_CLASSES, RecipientClass
from domain.policy.facts import facts_of
from domain.policy.rules.payee.recipients import CAUTION, class_of
from domain.proposal import Direction
from domain.screening.tax_status import StatusEvidence
from tests.builders import (
    abroad,
    company,
    document,
    equivalency,
    funding,
    funds_in,
    funds_out,
    party,
    proposal,
    status,
    verification,
)
from tests.domain.policy.language import NOWHERE, PROFILES, REFER, bmf, both, paid, pub78

R = RecipientClass
GOVERNMENT = (document("GOVERNMENT_STATUS"),)
COVENANT = (document("CHARITABLE_COVENANT"),)
TREATY = (document("TREATY_DESIGNATION"),)
CHURCH = (document("CHURCH_STATUS"),)
UNIVERSITY = {"kind": "ACADEMIC", "governmental": True}


def classed(payee: Party, found: StatusEvidence | None = None, **leg: Any) -> RecipientClass:
    asked = proposal(funds_out=funds_out(payee=payee, **leg))
    return class_of(facts_of(asked, funding(), verification(found))[0])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        *[(bmf(foundation=code), R.US_PUBLIC_CHARITY) for code in ("10", "11", "12", "13", "15", "16")],
        *[(bmf(foundation=code), R.US_SUPPORTING_ORG) for code in ("21", "22", "23")],
        *[(bmf(foundation=code), R.US_PRIVATE_FOUNDATION) for code in ("02", "03", "04")],
        (bmf(foundation="14"), R.US_GOVERNMENT),
        (bmf(foundation="17"), R.US_SUPPORTING_ORG_TYPE_UNKNOWN),
        (bmf(foundation="24"), R.US_SUPPORTING_ORG_NOT_INTEGRATED),
        *[(bmf(subsection=code), R.US_OTHER_EXEMPT) for code in sorted(KNOWN_SUBSECTIONS)],
        *[(pub78(code), expected) for code, expected in PUBLICATION_78_CLASSES],
        (pub78("PC", "GROUP"), R.US_PUBLIC_CHARITY),
        (pub78("PC", "SONFI"), R.US_SUPPORTING_ORG_NOT_INTEGRATED),
        (both(("PC",), foundation="15"), R.US_PUBLIC_CHARITY),
        (both(("SO",), foundation="21"), R.US_SUPPORTING_ORG),
        (NOWHERE, R.UNKNOWN),
        (None, R.UNKNOWN),
    ],
)
def test_the_registers_give_a_class(found: StatusEvidence | None, expected: RecipientClass) -> None:
    assert classed(party(), found) is expected


@pytest.mark.parametrize(
    ("affiliation", "number", "foundation", "expected"),
    [
        ("9", "1234", "15", R.US_GROUP_SUBORDINATE),
        ("7", "1234", "15", R.US_GROUP_SUBORDINATE),
        ("9", "0000", "15", R.US_PUBLIC_CHARITY),
        ("6", "1234", "15", R.US_PUBLIC_CHARITY),
        ("9", "1234", "04", R.US_PRIVATE_FOUNDATION),
        ("9", "1234", "24", R.US_SUPPORTING_ORG_NOT_INTEGRATED),
        ("9", "1234", "99", R.UNKNOWN),
    ],
)
def test_a_group_covers_a_public_charity_and_hides_nothing_worse(
    affiliation: str, number: str, foundation: str, expected: RecipientClass
) -> None:
    found = bmf(affiliation=affiliation, group_number=number, foundation=foundation)
    assert classed(party(), found) is expected


@pytest.mark.parametrize(
    ("codes", "foundation", "expected"),
    [
        (("PC",), "04", R.US_PRIVATE_FOUNDATION),
        (("PF",), "15", R.US_PRIVATE_FOUNDATION),
        (("SONFI",), "21", R.US_SUPPORTING_ORG_NOT_INTEGRATED),
        (("SO",), "17", R.US_SUPPORTING_ORG_TYPE_UNKNOWN),
        (("PC",), "99", R.UNKNOWN),
        (("UNKWN",), "15", R.UNKNOWN),
    ],
)
def test_where_two_registers_differ_the_more_cautious_class_stands(
    codes: tuple[str, ...], foundation: str, expected: RecipientClass
) -> None:
    assert classed(party(), both(codes, foundation=foundation)) is expected


def test_every_class_that_a_register_gives_has_its_place_in_the_order_of_caution() -> None:
    given = {*FOUNDATION_CLASSES.values(), *dict(PUBLICATION_78_CLASSES).values()}
    read = {R.US_EXEMPT_OPERATING_FOUNDATION}  # of code 02, from edition 2026.4 on
    assert given | read | {R.UNKNOWN, R.US_OTHER_EXEMPT, R.US_GROUP_SUBORDINATE} == set(CAUTION)


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize(
    "codes",
    [
        *[{"foundation": code} for code in ("09", "18", "99", "", "1", "00")],
        *[{"subsection": code} for code in ("99", "", "3", "28", "82", "00", "30", "41")],
        *[{"affiliation": code} for code in ("4", "5", "", "0")],
        *[{"status": code} for code in ("32", "99", "", "1")],
        *[{"deductibility": code} for code in ("3", "9", "")],
    ],
    ids=str,
)
def test_a_code_that_nobody_knows_refers_and_never_passes(codes: dict[str, str], funder: str) -> None:
    assert paid(party(), bmf(**codes), PROFILES[funder]).outcome is REFER
    assert paid(party(), both(("PC",), **codes), PROFILES[funder]).outcome is REFER


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("code", ["GROUP", "LODGE", "UNKWN", "EO", "FED", "FORGN", "NEW", "pc", ""])
def test_a_publication_78_code_that_settles_nothing_refers(code: str, funder: str) -> None:
    assert paid(party(), pub78(code), PROFILES[funder]).outcome is REFER
    assert paid(party(), both((code,), foundation="15"), PROFILES[funder]).outcome is REFER


@pytest.mark.parametrize(
    ("payee", "documents", "expected"),
    [
        (party(kind="GOVERNMENT", ein=None), (), R.UNKNOWN),
        (party(kind="GOVERNMENT", ein=None), COVENANT, R.UNKNOWN),
        (party(kind="GOVERNMENT", ein=None), GOVERNMENT, R.US_GOVERNMENT),
        (abroad(kind="GOVERNMENT"), (), R.UNKNOWN),
        (abroad(kind="GOVERNMENT"), GOVERNMENT, R.FOREIGN_GOVERNMENT),
        (abroad(kind="GOVERNMENT"), COVENANT, R.FOREIGN_GOVERNMENT),
        (party(**UNIVERSITY, ein=None), (), R.UNKNOWN),
        (party(**UNIVERSITY, ein=None), GOVERNMENT, R.US_PUBLIC_UNIVERSITY),
        (abroad(**UNIVERSITY), (), R.UNKNOWN),
        (abroad(**UNIVERSITY), GOVERNMENT, R.FOREIGN_GOVERNMENT),
        (abroad(kind="INTERNATIONAL_ORGANIZATION"), (), R.INTERNATIONAL_ORGANIZATION),
        (abroad(kind="INTERNATIONAL_ORGANIZATION"), TREATY, R.DESIGNATED_INTERNATIONAL_ORGANIZATION),
        (party(kind="CHURCH", ein=None), (), R.US_CHURCH_UNLISTED),
        (party(kind="CHURCH", ein=None), CHURCH, R.US_CHURCH_DOCUMENTED),
        (abroad(kind="CHURCH"), CHURCH, R.FOREIGN_NONPROFIT),
        (abroad(kind="ACADEMIC"), (), R.FOREIGN_NONPROFIT),
        (company(), GOVERNMENT, R.FOR_PROFIT),
        (party(kind="INDIVIDUAL", ein=None), GOVERNMENT, R.INDIVIDUAL),
    ],
)
def test_what_a_payee_declares_counts_once_it_is_documented(
    payee: Party, documents: tuple[Any, ...], expected: RecipientClass
) -> None:
    documented = Party.model_validate({**payee.model_dump(), "documents": documents})
    assert classed(documented) is expected


@pytest.mark.parametrize(
    ("payee", "found", "expected"),
    [
        (party(kind="GOVERNMENT"), bmf(foundation="14"), R.US_GOVERNMENT),
        (party(kind="GOVERNMENT"), bmf(foundation="15"), R.UNKNOWN),
        (party(kind="CHURCH"), bmf(foundation="10"), R.US_PUBLIC_CHARITY),
        (party(kind="ACADEMIC"), bmf(foundation="11"), R.US_PUBLIC_CHARITY),
        (abroad(ein="001000001"), bmf(foundation="15"), R.US_PUBLIC_CHARITY),
        (abroad(ein="001000001"), NOWHERE, R.FOREIGN_NONPROFIT),
        (company(), status(), R.FOR_PROFIT),
        (party(**UNIVERSITY), bmf(foundation="11"), R.US_PUBLIC_CHARITY),
        (party(**UNIVERSITY), bmf(foundation="14"), R.US_GOVERNMENT),
        (party(**UNIVERSITY), pub78("PC"), R.US_PUBLIC_CHARITY),
        (party(**UNIVERSITY), NOWHERE, R.UNKNOWN),
        (party(**UNIVERSITY, documents=COVENANT), bmf(foundation="11"), R.US_PUBLIC_CHARITY),
        (party(**UNIVERSITY, documents=GOVERNMENT), bmf(foundation="11"), R.US_PUBLIC_UNIVERSITY),
        (party(**UNIVERSITY, documents=GOVERNMENT), NOWHERE, R.US_PUBLIC_UNIVERSITY),
        (party(kind="ACADEMIC", documents=GOVERNMENT), bmf(foundation="11"), R.US_PUBLIC_CHARITY),
        (party(kind="ACADEMIC", documents=GOVERNMENT), NOWHERE, R.UNKNOWN),
        (abroad(**UNIVERSITY, ein="001000001"), bmf(foundation="11"), R.US_PUBLIC_CHARITY),
        (party(kind="CHURCH", documents=CHURCH), bmf(foundation="04"), R.US_PRIVATE_FOUNDATION),
        (party(kind="CHURCH", documents=CHURCH), pub78("PF"), R.US_PRIVATE_FOUNDATION),
        (party(governmental=True), bmf(foundation="15"), R.US_PUBLIC_CHARITY),
        (party(governmental=True, documents=GOVERNMENT), bmf(foundation="15"), R.US_PUBLIC_CHARITY),
        (abroad(kind="GOVERNMENT", ein="001000001"), bmf(foundation="14"), R.UNKNOWN),
    ],
)
def test_what_is_registered_counts_beside_what_is_declared(
    payee: Party, found: StatusEvidence, expected: RecipientClass
) -> None:
    assert classed(payee, found) is expected


FOREIGN_BODIES = {
    "NONPROFIT": R.FOREIGN_NONPROFIT,
    "INTERNATIONAL_ORGANIZATION": R.INTERNATIONAL_ORGANIZATION,
}


@pytest.mark.parametrize("kind", FOREIGN_BODIES)
@pytest.mark.parametrize(
    ("paper", "current"),
    [
        ({}, True),
        ({"data_year": 2026}, True),
        ({"data_year": 2025}, True),
        ({"data_year": 2024}, False),
        ({"data_year": 2027}, False),
        ({"issued_on": "2026-11-02"}, True),
        ({"issued_on": "2026-11-03"}, False),
        ({"valid_until": "2026-11-02"}, True),
        ({"valid_until": "2026-11-01"}, False),
        ({"funder": "ANOTHER"}, False),
        ({"blocked_check": True}, True),
        ({"blocked_check": False}, False),
    ],
    ids=str,
)
def test_a_current_determination_lifts_a_foreign_body(paper: dict[str, Any], current: bool, kind: str) -> None:
    lifted = R.FOREIGN_EQUIVALENT if current else FOREIGN_BODIES[kind]
    assert classed(abroad(kind=kind), equivalency=equivalency(**paper)) is lifted


def test_a_body_that_an_executive_order_designates_is_that_with_a_determination_too() -> None:
    body = abroad(kind="INTERNATIONAL_ORGANIZATION", documents=TREATY)
    assert classed(body, equivalency=equivalency()) is R.DESIGNATED_INTERNATIONAL_ORGANIZATION


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ({"status": "01"}, R.US_PUBLIC_CHARITY),
        ({"status": "02"}, R.US_PUBLIC_CHARITY),
        ({"status": "12"}, R.UNKNOWN),
        ({"status": "25"}, R.UNKNOWN),
        ({"deductibility": "0"}, R.US_PUBLIC_CHARITY),
        ({"deductibility": "1"}, R.US_PUBLIC_CHARITY),
        ({"deductibility": "2"}, R.UNKNOWN),
        ({"deductibility": "4"}, R.US_PUBLIC_CHARITY),
        ({"status": "12", "foundation": "02"}, R.UNKNOWN),
        ({"status": "25", "affiliation": "9", "group_number": "1234"}, R.UNKNOWN),
        ({"status": "12", "subsection": "92"}, R.US_OTHER_EXEMPT),
        ({"status": "25", "subsection": "04"}, R.US_OTHER_EXEMPT),
        ({"deductibility": "2", "subsection": "06"}, R.US_OTHER_EXEMPT),
        ({"deductibility": "2", "subsection": "98"}, R.UNKNOWN),
    ],
    ids=str,
)
def test_who_is_not_plainly_exempt_or_deductible_is_unknown_within_subsection_03(
    codes: dict[str, str], expected: RecipientClass
) -> None:
    assert classed(party(), bmf(**codes)) is expected


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("codes", [{"status": "12"}, {"status": "25"}, {"deductibility": "2"}], ids=str)
def test_who_is_not_plainly_exempt_or_deductible_refers_whatever_publication_78_says(
    codes: dict[str, str], funder: str
) -> None:
    assert paid(party(), bmf(**codes), PROFILES[funder]).outcome is REFER
    assert paid(party(), both(("PC",), **codes), PROFILES[funder]).outcome is REFER


@pytest.mark.parametrize(
    ("affiliation", "expected"),
    [(code, R.US_PUBLIC_CHARITY) for code in "12368"] + [(code, R.US_GROUP_SUBORDINATE) for code in "79"],
)
def test_every_affiliation_that_is_known_gives_its_class(affiliation: str, expected: RecipientClass) -> None:
    assert classed(party(), bmf(affiliation=affiliation, group_number="1234")) is expected


def test_a_leg_on_which_no_money_goes_out_has_no_payee() -> None:
    facts = facts_of(proposal(funds_in=funds_in()), funding(), verification())[0]
    assert facts.direction is Direction.FUNDS_IN
    with pytest.raises(ValueError, match="has no payee"):
        class_of(facts)
