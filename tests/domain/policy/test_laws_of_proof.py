"""Laws of edition 2026.4: a payee has a register, a paper or a person to vouch for it. Leaving out never helps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.parties import DocumentKind
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import EDITIONS, assess
from domain.screening.tax_status import StatusEvidence
from tests.builders import (
    abroad,
    complete_equivalency,
    funding,
    funds_out,
    named,
    near,
    paper,
    party,
    principal,
    proposal,
    screening,
    verification,
)
from tests.domain.policy.language import ALIGNED, NOWHERE, PROFILES, bmf, both, pub78
from tests.thoroughness import draws

BOOK = EDITIONS["2026.4"]
WEIGHT = list(Outcome)
thorough = settings(max_examples=draws(300), database=None)

KINDS = st.sampled_from(["NONPROFIT", "ACADEMIC", "CHURCH", "GOVERNMENT", "INTERNATIONAL_ORGANIZATION", "INDIVIDUAL"])
PAPERS = st.lists(st.sampled_from([str(kind) for kind in DocumentKind]), unique=True, max_size=2)
FOUND = st.sampled_from(
    [
        None,
        NOWHERE,
        bmf(),
        bmf(subsection="06"),
        bmf(foundation="04"),
        bmf(deductibility="0"),
        pub78("PC"),
        both(("PC",)),
    ]
)
COUNTRIES = st.sampled_from(["US", "KE", "UA", "IR"])
LEGS = st.fixed_dictionaries(
    {"alignment": st.sampled_from([None, ALIGNED])},
    optional={"equivalency": st.sampled_from([complete_equivalency(), complete_equivalency(funder="ANOTHER")])},
)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A payee of any kind and place with any papers, as any registers describe it, whose name they confirm or not."""
    found = draw(FOUND)
    if found is not None and found.found:
        found = found.model_copy(update={"names": (named(confirms=draw(st.booleans())),)})
    payee = {
        "kind": draw(KINDS),
        "country": draw(COUNTRIES),
        "governmental": draw(st.booleans()),
        "papers": [paper(kind) for kind in draw(PAPERS)],
        "principals": draw(st.sampled_from([(), (principal("Ana Chair"),)])),
    }
    return {
        "payee": payee,
        "found": found,
        "leg": draw(LEGS),
        "profile": draw(st.sampled_from(list(PROFILES.values()))),
    }


def judge(case: dict[str, Any], **leg: Any) -> Assessment:
    content = funds_out(payee=party("Harbour Schools", **case["payee"]), **case["leg"], **leg)
    seen = verification(case["found"], case.get("screened") or screening())
    return assess(proposal(funds_out=content), funding(case["profile"]), seen, book=BOOK)


def weight(assessed: Assessment) -> int:
    return WEIGHT.index(assessed.outcome)


def proofs_of(payee: dict[str, Any]) -> set[str]:
    """The papers of which one proves what such a body says it is (rules 3.4, 3.6)."""
    public = {"GOVERNMENT_STATUS"} if payee["kind"] == "ACADEMIC" and payee["governmental"] else set()
    match payee["kind"]:
        case "GOVERNMENT":
            return {"GOVERNMENT_STATUS"}
        case "INTERNATIONAL_ORGANIZATION":
            return {"TREATY", "TREATY_DESIGNATION"}
        case "CHURCH" if payee["country"] == "US":
            return {"CHURCH_STATUS"}
        case _:
            return public if payee["country"] == "US" else public | {"REGISTRATION", "GOVERNING_INSTRUMENT"}


def is_vouched_for(case: dict[str, Any]) -> bool:
    """By a register that confirms its name, by a paper that a verifier read, or by counsel's determination."""
    found: StatusEvidence | None = case["found"]
    by_register = found is not None and found.found and any(one.confirms for one in found.names)
    by_counsel = case["leg"].get("equivalency", {}).get("funder") == "ISOC"
    by_paper = not proofs_of(case["payee"]).isdisjoint(one["kind"] for one in case["payee"]["papers"])
    return by_register or by_paper or (by_counsel and case["payee"]["country"] != "US")


@thorough
@given(cases())
def test_nobody_is_paid_whom_no_register_paper_or_person_vouched_for(case: dict[str, Any]) -> None:
    if judge(case).outcome in {Outcome.PASS, Outcome.CONDITION}:
        assert is_vouched_for(case)
        assert case["payee"]["kind"] != "INDIVIDUAL"
        assert case["payee"]["country"] != "IR"


@pytest.mark.slow
@thorough
@given(cases(), st.data())
def test_leaving_a_paper_out_never_makes_it_better(case: dict[str, Any], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.sampled_from(case["payee"]["papers"] or [paper("TREATY")]), max_size=1))
    kept = [one for one in kept if one in case["payee"]["papers"]]
    fewer = {**case, "payee": {**case["payee"], "papers": kept}}
    assert weight(judge(fewer)) >= weight(judge(case))


@thorough
@given(cases(), st.sampled_from(["paper", "basis", "data_year", "blocked_check", "blocked_checked_on"]))
def test_leaving_out_a_part_of_a_determination_never_makes_it_better(case: dict[str, Any], part: str) -> None:
    whole = {**case, "leg": {**case["leg"], "equivalency": complete_equivalency()}}
    less = {name: value for name, value in complete_equivalency().items() if name != part}
    assert weight(judge({**case, "leg": {**case["leg"], "equivalency": less}})) >= weight(judge(whole))


@pytest.mark.slow
@thorough
@given(cases())
def test_without_a_comparison_of_names_nothing_gets_better(case: dict[str, Any]) -> None:
    found = case["found"] and case["found"].model_copy(update={"names": ()})
    assert weight(judge({**case, "found": found})) >= weight(judge(case))


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"places": [{"country": "KP"}]}, id="a place"),
        pytest.param(
            {
                "regrant": {
                    "subrecipients": [{"party": abroad("Village Circle", country="CU"), "purpose": "A reading room"}],
                    "payee_selects": True,
                    "covenant": True,
                }
            },
            id="a recipient",
        ),
    ],
)
@thorough
@given(cases())
def test_a_further_place_or_recipient_never_makes_it_better(more: dict[str, Any], case: dict[str, Any]) -> None:
    assert weight(judge(case, **more)) >= weight(judge(case))


@thorough
@given(cases(), st.sampled_from(["OWNER", "DIRECTOR"]), st.booleans())
def test_a_further_owner_or_list_entry_never_makes_it_better(case: dict[str, Any], role: str, listed: bool) -> None:
    further = principal("Owner One", role, "60" if role == "OWNER" else None)
    more = {**case, "payee": {**case["payee"], "principals": (*case["payee"]["principals"], further)}}
    if listed:
        more["screened"] = screening(near("Owner One", 91.0))
    assert weight(judge(more)) >= weight(judge(case))
