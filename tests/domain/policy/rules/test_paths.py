"""Edition 2026.2: the class of a payee, and table 2.4 with every row and every funder. An unknown class refers."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import FunderProfile, Party
from domain.policy.codes import RecipientClass
from domain.policy.conditions import CONDITIONS, ConditionId
from domain.policy.rules.payee.alternatives import lawful_options
from domain.policy.rules.payee.paths import PATHS
from domain.screening.tax_status import StatusEvidence
from tests.builders import abroad, company, document, equivalency, master_file, party, status
from tests.domain.policy.language import (
    CONDITION,
    FAIL,
    NOWHERE,
    PASS,
    PROFILES,
    REFER,
    bmf,
    conditions,
    paid,
    said,
    spoken,
)

R = RecipientClass
GOVERNMENT = (document("GOVERNMENT_STATUS"),)
COVENANT = (document("CHARITABLE_COVENANT"),)
TREATY = (document("TREATY_DESIGNATION"),)
CHURCH = (document("CHURCH_STATUS"),)
UNIVERSITY = {"kind": "ACADEMIC", "governmental": True}
SUBORDINATE = {"affiliation": "9", "group_number": "1234"}
CENTRAL = {"name": "United Libraries of the Plains", "ein": "001000009"}
RESPONSIBILITY = {"PRE_GRANT_INQUIRY", "WRITTEN_COMMITMENT"}
RECORDS = {"CONTROL_AND_RECORDS"}
GROUP, PUBLIC, COVENANTED = {"CENTRAL_CONFIRMATION"}, {"PUBLIC_PURPOSE_AGREEMENT"}, {"CHARITABLE_COVENANT"}

Cell = tuple[Any, set[str]]
ALLOWED, REFERRED, DENIED = (PASS, set()), (REFER, set()), (FAIL, set())


def only(*wanted: str) -> Cell:
    return CONDITION, set().union(*wanted)


ER = only(RESPONSIBILITY)

TABLE: dict[str, tuple[Party, StatusEvidence | None, dict[str, Any], tuple[Cell, Cell, Cell]]] = {
    "US public charity": (party(), bmf(foundation="15"), {}, (ALLOWED, ALLOWED, ALLOWED)),
    "supporting organisation I, II, III-FI": (party(), bmf(foundation="21"), {}, (ALLOWED, ALLOWED, ALLOWED)),
    "the same, controlled by an insider of the funder": (
        party(),
        bmf(foundation="21"),
        {"controlled_by_insider": True},
        (ALLOWED, ALLOWED, ER),
    ),
    "supporting organisation III-NFI": (party(), bmf(foundation="24"), {}, (ALLOWED, REFERRED, ER)),
    "supporting organisation of unknown type": (party(), bmf(foundation="17"), {}, (ALLOWED, REFERRED, REFERRED)),
    "US private foundation": (party(), bmf(foundation="04"), {}, (only(RECORDS), REFERRED, ER)),
    "group subordinate": (
        party(central=CENTRAL),
        bmf(**SUBORDINATE),
        {"seen": {"central": status(ein="001000009", master_file=master_file(affiliation="6", group_number="1234"))}},
        (only(GROUP), only(GROUP), only(GROUP)),
    ),
    "US government unit": (
        party(kind="GOVERNMENT", ein=None, documents=GOVERNMENT),
        None,
        {},
        (only(PUBLIC), REFERRED, ALLOWED),
    ),
    "US public university": (
        party(**UNIVERSITY, ein=None, documents=GOVERNMENT),
        None,
        {},
        (only(PUBLIC), ALLOWED, ALLOWED),
    ),
    "foreign government": (
        abroad(kind="GOVERNMENT", documents=COVENANT),
        None,
        {},
        (only(COVENANTED), REFERRED, ALLOWED),
    ),
    "foreign state university": (
        abroad(**UNIVERSITY, documents=GOVERNMENT),
        None,
        {},
        (only(COVENANTED), REFERRED, ALLOWED),
    ),
    "designated international organisation": (
        abroad(kind="INTERNATIONAL_ORGANIZATION", documents=TREATY),
        None,
        {},
        (only(COVENANTED), REFERRED, ALLOWED),
    ),
    "international organisation, not designated": (
        abroad(kind="INTERNATIONAL_ORGANIZATION"),
        None,
        {},
        (only(RECORDS), REFERRED, ER),
    ),
    "international organisation with current determination": (
        abroad(kind="INTERNATIONAL_ORGANIZATION"),
        None,
        {"equivalency": equivalency()},
        (ALLOWED, ALLOWED, ALLOWED),
    ),
    "foreign non-profit with current determination": (
        abroad(),
        None,
        {"equivalency": equivalency()},
        (ALLOWED, ALLOWED, ALLOWED),
    ),
    "foreign non-profit without determination": (abroad(), None, {}, (only(RECORDS), DENIED, ER)),
    "US other exempt, (c)(4)": (
        party(),
        bmf(subsection="04", foundation="00"),
        {},
        (REFERRED, DENIED, only(RESPONSIBILITY, {"SEPARATE_FUND"})),
    ),
    "US other exempt, (c)(6)": (
        party(),
        bmf(subsection="06", foundation="00"),
        {},
        (REFERRED, DENIED, only(RESPONSIBILITY, {"SEPARATE_FUND"})),
    ),
    "US for-profit": (company(), None, {}, (DENIED, DENIED, DENIED)),
    "foreign for-profit": (abroad(kind="PRIVATE_COMPANY"), None, {}, (DENIED, DENIED, DENIED)),
    "individual": (party(kind="INDIVIDUAL", ein=None), None, {}, (REFERRED, REFERRED, REFERRED)),
    "unlisted church with documents": (
        party(kind="CHURCH", ein=None, documents=CHURCH),
        None,
        {},
        (ALLOWED, ALLOWED, ALLOWED),
    ),
    "unlisted church without documents": (party(kind="CHURCH"), NOWHERE, {}, (REFERRED, REFERRED, REFERRED)),
    "not found": (party(), NOWHERE, {}, (REFERRED, REFERRED, REFERRED)),
    "no EIN": (party(ein=None), None, {}, (REFERRED, REFERRED, REFERRED)),
}
EVERY_CELL = [(row, funder) for row in TABLE for funder in PROFILES]


def cell(row: str, funder: str) -> Cell:
    return TABLE[row][3][list(PROFILES).index(funder)]


@pytest.mark.parametrize(("row", "funder"), EVERY_CELL)
def test_given_a_recipient_when_a_funder_would_pay_then_the_table_says_how(row: str, funder: str) -> None:
    payee, found, leg, _ = TABLE[row]
    outcome, wanted = cell(row, funder)
    assessed = paid(payee, found, PROFILES[funder], **leg)
    assert (assessed.outcome, conditions(assessed)) == (outcome, wanted), assessed.deciding
    assert said(assessed, "ELIG-PATH") is outcome


@pytest.mark.parametrize(("row", "funder"), EVERY_CELL)
def test_a_closed_path_names_others_and_says_the_cheapest(row: str, funder: str) -> None:
    payee, found, leg, _ = TABLE[row]
    path = spoken(paid(payee, found, PROFILES[funder], **leg), "ELIG-PATH")
    if path.outcome in {REFER, FAIL} and row != "individual":
        assert path.reason.endswith(f"cheapest lawful path: {path.options[0]}")
    else:
        assert path.options == ()


def test_the_table_has_a_cell_for_every_class_and_every_funder() -> None:
    assert set(PATHS) == set(R)
    assert all(set(row) == set(FunderProfile) for row in PATHS.values())


CELLS: dict[RecipientClass, tuple[Cell, Cell, Cell]] = {
    R.US_PUBLIC_CHARITY: (ALLOWED, ALLOWED, ALLOWED),
    R.US_SUPPORTING_ORG: (ALLOWED, ALLOWED, ALLOWED),
    R.US_SUPPORTING_ORG_NOT_INTEGRATED: (ALLOWED, REFERRED, ER),
    R.US_SUPPORTING_ORG_TYPE_UNKNOWN: (ALLOWED, REFERRED, REFERRED),
    R.US_PRIVATE_FOUNDATION: (only(RECORDS), REFERRED, ER),
    R.US_EXEMPT_OPERATING_FOUNDATION: (only(RECORDS), REFERRED, ALLOWED),
    R.US_GROUP_SUBORDINATE: (only(GROUP), only(GROUP), only(GROUP)),
    R.US_GOVERNMENT: (only(PUBLIC), REFERRED, ALLOWED),
    R.US_PUBLIC_UNIVERSITY: (only(PUBLIC), ALLOWED, ALLOWED),
    R.US_OTHER_EXEMPT: (REFERRED, DENIED, only(RESPONSIBILITY, {"SEPARATE_FUND"})),
    R.US_CHURCH_UNLISTED: (REFERRED, REFERRED, REFERRED),
    R.US_CHURCH_DOCUMENTED: (ALLOWED, ALLOWED, ALLOWED),
    R.FOREIGN_GOVERNMENT: (only(COVENANTED), REFERRED, ALLOWED),
    R.DESIGNATED_INTERNATIONAL_ORGANIZATION: (only(COVENANTED), REFERRED, ALLOWED),
    R.INTERNATIONAL_ORGANIZATION: (only(RECORDS), REFERRED, ER),
    R.FOREIGN_EQUIVALENT: (ALLOWED, ALLOWED, ALLOWED),
    R.FOREIGN_NONPROFIT: (only(RECORDS), DENIED, ER),
    R.FOR_PROFIT: (DENIED, DENIED, DENIED),
    R.INDIVIDUAL: (REFERRED, REFERRED, REFERRED),
    R.UNKNOWN: (REFERRED, REFERRED, REFERRED),
}


@pytest.mark.parametrize("recipient", R)
def test_every_class_has_its_cells(recipient: RecipientClass) -> None:
    cells = [PATHS[recipient][profile] for profile in PROFILES.values()]
    found = tuple((path.outcome, {one.value for one in path.conditions}) for path in cells)
    assert found == CELLS[recipient]
    assert [path.lawful for path in cells] == [outcome in {PASS, CONDITION} for outcome, _ in CELLS[recipient]]


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("foundation", ["15", "24", "04"])
def test_an_insider_who_controls_it_changes_the_path_of_supporting_organisations_alone(
    foundation: str, funder: str
) -> None:
    told = [
        spoken(paid(party(), bmf(foundation=foundation), PROFILES[funder], controlled_by_insider=insider), "ELIG-PATH")
        for insider in (True, False)
    ]
    assert told[0] == told[1]


def test_control_by_an_insider_rests_on_the_statute() -> None:
    one = spoken(paid(party(), bmf(foundation="21"), PROFILES["X"], controlled_by_insider=True), "ELIG-PATH")
    assert one.citation == "IRC 4942(g)(4)(A)(ii), 4945(d)(4)(A)"
    assert one.reason.startswith("US_SUPPORTING_ORG: a disqualified person of the funder controls it")


def test_every_cell_says_why_and_where_it_stands() -> None:
    cells = [path for row in PATHS.values() for path in row.values()]
    assert all(path.reason and path.basis.citation for path in cells)
    assert all(bool(path.conditions) is (path.outcome is CONDITION) for path in cells)


def test_every_condition_says_what_to_do_and_which_step_waits() -> None:
    assert set(CONDITIONS) == set(ConditionId)
    assert all(condition.what and condition.before for condition in CONDITIONS.values())


# What can be done, the cheapest first: papers, another funder, advice, a sponsor

SPONSOR = "a fiscal sponsor that is a US public charity and controls the use"


@pytest.mark.parametrize(
    ("recipient", "funder", "starts"),
    [
        (R.FOR_PROFIT, "P", [SPONSOR]),
        (R.FOREIGN_NONPROFIT, "F", ["the parent", "a private foundation", "an equivalency determination", SPONSOR]),
        (R.US_OTHER_EXEMPT, "P", ["a private foundation", SPONSOR]),
        (R.US_OTHER_EXEMPT, "F", ["a private foundation", SPONSOR]),
        (R.US_PRIVATE_FOUNDATION, "F", ["the parent", "a private foundation", SPONSOR]),
        (R.US_SUPPORTING_ORG_TYPE_UNKNOWN, "F", ["obtain the payee's written statement", "the parent", SPONSOR]),
        (R.US_SUPPORTING_ORG_TYPE_UNKNOWN, "X", ["obtain the payee's written statement", "the parent", SPONSOR]),
        (R.US_CHURCH_UNLISTED, "P", ["document that the payee is a church", SPONSOR]),
        (R.UNKNOWN, "P", ["document what the payee is", SPONSOR]),
        (R.INDIVIDUAL, "P", []),
    ],
)
def test_other_lawful_paths_are_named_the_cheapest_first(recipient: Any, funder: str, starts: list[str]) -> None:
    options = lawful_options(recipient, PROFILES[funder])
    assert len(options) == len(starts), options
    assert all(option.startswith(start) for option, start in zip(options, starts, strict=True)), options


def test_a_company_is_told_that_a_sponsor_may_pay_it_only_as_a_vendor() -> None:
    assert "only as a vendor, at fair market value" in lawful_options(R.FOR_PROFIT, PROFILES["P"])[0]


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("recipient", R)
def test_no_option_sends_the_payee_to_a_funder_that_may_not_pay_it(recipient: RecipientClass, funder: str) -> None:
    options = lawful_options(recipient, PROFILES[funder])
    named = {"P": "the parent, a public charity", "X": "a private foundation"}
    for other, words in named.items():
        offered = any(option.startswith(words) for option in options)
        assert offered is (other != funder and PATHS[recipient][PROFILES[other]].lawful)


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("kind", ["NONPROFIT", "INTERNATIONAL_ORGANIZATION"])
def test_where_a_determination_is_offered_it_opens_the_path(kind: str, funder: str) -> None:
    payee = abroad(kind=kind)
    closed = spoken(paid(payee, profile=PROFILES[funder]), "ELIG-PATH")
    if any(option.startswith("an equivalency determination") for option in closed.options):
        assert said(paid(payee, profile=PROFILES[funder], equivalency=equivalency()), "ELIG-PATH") is PASS
    else:
        assert closed.outcome is CONDITION
