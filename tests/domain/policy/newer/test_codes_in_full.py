"""Codes of the registers that edition 2026.6 reads: EO, GROUP and FORGN, and a member's deductibility (rules 3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.policy.codes import RecipientClass as R
from domain.policy.findings import Outcome
from domain.policy.rulebook import RULE_BOOK
from tests.builders import party
from tests.domain.policy.language import (
    CONDITION,
    FAIL,
    PASS,
    PROFILES,
    REFER,
    bmf,
    both,
    paid,
    pub78,
    said,
    spoken,
    under,
)

BEFORE, NOW = "2026.5", "2026.6"
MEMBER = {"affiliation": "9", "group_number": "1234"}


def classed(found: Any, edition: str = NOW, **seen: Any) -> str:
    """The class that the path is judged by."""
    with under(edition):
        return spoken(paid(party(), found, seen=seen), "ELIG-PATH").reason.partition(":")[0]


def contradicted(found: Any, funder: str = "P", edition: str = NOW) -> Outcome | None:
    with under(edition):
        return said(paid(party(), found, PROFILES[funder]), "ELIG-CONTRADICTION")


def test_the_edition_is_the_one_in_force() -> None:
    assert RULE_BOOK.version == NOW


@pytest.mark.parametrize(
    ("found", "before", "now"),
    [
        pytest.param(pub78("EO"), R.UNKNOWN, R.US_OTHER_EXEMPT, id="EO"),
        pytest.param(pub78("EO", "GROUP"), R.UNKNOWN, R.US_OTHER_EXEMPT, id="EO,GROUP"),
        pytest.param(pub78("EO", "LODGE"), R.UNKNOWN, R.US_OTHER_EXEMPT, id="EO,LODGE"),
        pytest.param(pub78("EO", "GROUP", "LODGE"), R.UNKNOWN, R.US_OTHER_EXEMPT, id="EO,GROUP,LODGE"),
        pytest.param(pub78("EO", "PC"), R.US_PUBLIC_CHARITY, R.US_OTHER_EXEMPT, id="EO,PC: the more cautious"),
        pytest.param(pub78("FORGN", "GROUP"), R.UNKNOWN, R.US_PUBLIC_CHARITY, id="FORGN,GROUP"),
        pytest.param(pub78("FORGN"), R.UNKNOWN, R.UNKNOWN, id="FORGN alone says no class"),
        pytest.param(pub78("FORGN", "PC"), R.US_PUBLIC_CHARITY, R.US_PUBLIC_CHARITY, id="FORGN,PC"),
        pytest.param(pub78("FORGN", "PF"), R.US_PRIVATE_FOUNDATION, R.US_PRIVATE_FOUNDATION, id="FORGN,PF"),
        pytest.param(pub78("GROUP"), R.US_PUBLIC_CHARITY, R.US_PUBLIC_CHARITY, id="GROUP alone"),
        pytest.param(pub78("GROUP", "PF"), R.US_PRIVATE_FOUNDATION, R.US_PRIVATE_FOUNDATION, id="GROUP,PF"),
        pytest.param(pub78("GROUP", "NEW"), R.UNKNOWN, R.UNKNOWN, id="GROUP beside a code that nobody knows"),
        pytest.param(pub78("FORGN", "GROUP", "NEW"), R.UNKNOWN, R.UNKNOWN, id="FORGN,GROUP beside such a code"),
        pytest.param(pub78("LODGE"), R.UNKNOWN, R.UNKNOWN, id="LODGE"),
        pytest.param(pub78("UNKWN"), R.UNKNOWN, R.UNKNOWN, id="UNKWN"),
        pytest.param(pub78("FED"), R.UNKNOWN, R.UNKNOWN, id="FED"),
    ],
)
def test_codes_of_publication_78_alone(found: Any, before: R, now: R) -> None:
    assert (classed(found, BEFORE), classed(found, NOW)) == (before, now)


@pytest.mark.parametrize(
    ("found", "before", "now"),
    [
        pytest.param(both(("FORGN",)), R.UNKNOWN, R.US_PUBLIC_CHARITY, id="a charity with an address abroad"),
        pytest.param(both(("FORGN",), foundation="04"), R.UNKNOWN, R.US_PRIVATE_FOUNDATION, id="a foundation abroad"),
        pytest.param(
            both(("FORGN", "GROUP"), foundation="04"), R.UNKNOWN, R.US_PRIVATE_FOUNDATION, id="the more cautious"
        ),
        pytest.param(
            both(("GROUP",), foundation="17"),
            R.US_SUPPORTING_ORG_TYPE_UNKNOWN, R.US_SUPPORTING_ORG_TYPE_UNKNOWN, id="GROUP hides no type",
        ),
        pytest.param(both(("EO", "GROUP"), subsection="10"), R.UNKNOWN, R.US_OTHER_EXEMPT, id="a lodge's central"),
        pytest.param(both(("EO", "GROUP")), R.UNKNOWN, R.US_OTHER_EXEMPT, id="EO beside a 501(c)(3)"),
        pytest.param(
            both(("FORGN",), foundation="02"), R.UNKNOWN, R.US_EXEMPT_OPERATING_FOUNDATION, id="exempt operating"
        ),
    ],
)  # fmt: skip
def test_codes_of_publication_78_beside_the_master_files(found: Any, before: R, now: R) -> None:
    assert (classed(found, BEFORE), classed(found, NOW)) == (before, now)


@pytest.mark.parametrize("funder", list(PROFILES))
@pytest.mark.parametrize(
    "found",
    [
        pytest.param(both(("GROUP",), affiliation="6", group_number="1234"), id="a central organisation"),
        pytest.param(both(("FORGN", "GROUP")), id="one abroad"),
        pytest.param(both(("FORGN",)), id="a charity abroad"),
        pytest.param(both(("EO", "GROUP"), subsection="10"), id="a lodge's central organisation"),
    ],
)
def test_codes_that_say_the_same_as_the_master_file_contradict_it_no_more(found: Any, funder: str) -> None:
    assert contradicted(found, funder) is PASS


def test_codes_that_say_otherwise_contradict_it_still() -> None:
    assert contradicted(both(("EO", "GROUP"))) is REFER
    assert contradicted(both(("EO", "GROUP")), "F") is REFER
    assert contradicted(both(("GROUP",), subsection="10")) is REFER
    assert contradicted(both(("GROUP",)), edition=BEFORE) is REFER, "edition 2026.5 read no class in it"


def test_a_body_of_another_kind_is_paid_as_the_table_has_it() -> None:
    """The public charity is asked, the supporting organisation may not, the foundation keeps responsibility."""
    found = both(("EO", "GROUP"), subsection="10")
    with under(NOW):
        outcomes = [said(paid(party(), found, profile), "ELIG-PATH") for profile in PROFILES.values()]
    assert outcomes == [REFER, FAIL, CONDITION]


# A member's deductibility


@pytest.mark.parametrize(
    ("over", "before", "now"),
    [
        pytest.param({"deductibility": "1"}, R.US_GROUP_SUBORDINATE, R.US_GROUP_SUBORDINATE, id="deductible"),
        pytest.param({"deductibility": "4"}, R.UNKNOWN, R.US_GROUP_SUBORDINATE, id="deductible by a treaty"),
        pytest.param({"deductibility": "2"}, R.UNKNOWN, R.UNKNOWN, id="not deductible"),
        pytest.param({"deductibility": "0"}, R.UNKNOWN, R.UNKNOWN, id="undefined too"),
        pytest.param({"deductibility": "9"}, R.UNKNOWN, R.UNKNOWN, id="a code that nobody knows"),
        pytest.param({"deductibility": "1", "group_number": "9999"}, R.UNKNOWN, R.UNKNOWN, id="another group's"),
        pytest.param({"deductibility": "1", "affiliation": "3"}, R.UNKNOWN, R.UNKNOWN, id="no central organisation"),
    ],
)
def test_an_undefined_deductibility_of_a_member_is_its_central_organisations(
    over: dict[str, str], before: R, now: R
) -> None:
    central = bmf(**{"affiliation": "6", "group_number": "1234", **over})
    own = bmf(deductibility="0", **MEMBER)
    assert (classed(own, BEFORE, central=central), classed(own, NOW, central=central)) == (before, now)


@pytest.mark.parametrize("affiliation", ["1", "2", "3", "6", "8"])
def test_an_undefined_deductibility_of_anybody_else_is_a_question(affiliation: str) -> None:
    own = bmf(deductibility="0", affiliation=affiliation, group_number="1234")
    central = bmf(deductibility="1", affiliation="6", group_number="1234")
    assert classed(own, NOW, central=central) == R.UNKNOWN


def test_a_member_that_names_no_central_organisation_is_told_to() -> None:
    with under(NOW):
        found = spoken(paid(party(), bmf(deductibility="0", **MEMBER)), "ELIG-PATH")
    assert (found.outcome, "name its central organisation" in found.reason) == (REFER, True)
