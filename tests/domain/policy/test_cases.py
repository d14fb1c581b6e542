"""The worked cases from C01 on under all three kinds of funder. The table is printed at the end of the run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tokenize import COMMENT, generate_tokens

import pytest
from pydantic import ValidationError

from domain.policy.canonical import canonical
from domain.policy.conditions import CONDITIONS, ConditionId
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import RELEASED, adverse_in
from domain.policy.rules.gifts import split
from domain.proposal import NonMonetary, Proposal
from domain.values import Money
from tests.builders import joint, money, party, proposal
from tests.domain.policy.cases import CASES, ELSEWHERE, NONE, NOT_ON_FACTS, Case
from tests.domain.policy.every_case import EVERY, NEWER, NEWEST, RESTATED, as_decided_now, edition_of
from tests.domain.policy.language import PROFILES, REFER, conditions, given, spoken, under
from tests.domain.policy.restating import Restated

ROOT = Path(__file__).resolve().parents[3]
LAST = 119
"""The last case without gaps; from C120 on each subject of edition 2026.5 has numbers of its own."""
CELLS = [(index, funder) for index in range(len(EVERY)) for funder in PROFILES]
EARLIER = [(index, funder) for index, funder in CELLS if edition_of(index) != NEWEST]
P, F, X = PROFILES.values()


def row(number: str, words: str = "") -> Case:
    """The first row of a case whose words hold these."""
    return next(case for case in CASES if case.number == number and words in case.words)


def answer(number: str, words: str = "", profile: object = P) -> Assessment:
    return row(number, words).facts(profile)


@pytest.mark.parametrize(
    ("index", "funder"), CELLS, ids=[f"{EVERY[index].number}-{index + 1}-{funder}" for index, funder in CELLS]
)
def test_case(index: int, funder: str, record_property: Callable[[str, object], None]) -> None:
    case = EVERY[index]
    with under(edition_of(index)):
        assessed = case.facts(PROFILES[funder])
    record_property("case", (index, funder, assessed.outcome.value))
    require(case, funder, assessed)


def require(case: Case, funder: str, assessed: Assessment) -> None:
    """Fail unless an assessment is what the case asks for under a kind of funder."""
    assert assessed.outcome in (case.expected(funder) or frozenset(Outcome)), (case.words, assessed.deciding)
    assert case.conditions.get(funder, set()) <= conditions(assessed), case.words


@pytest.mark.parametrize("edition", RELEASED[1:-1])
@pytest.mark.parametrize("funder", PROFILES)
def test_later_editions_decide_every_case_as_the_requirements_do(funder: str, edition: str) -> None:
    with under(edition):
        for case in CASES:
            require(case, funder, case.facts(PROFILES[funder]))


@pytest.mark.parametrize(
    ("index", "funder"), EARLIER, ids=[f"{EVERY[index].number}-{index + 1}-{funder}" for index, funder in EARLIER]
)
def test_the_newest_edition_decides_every_earlier_case_so_or_as_it_is_restated(index: int, funder: str) -> None:
    with under(NEWEST):
        require(as_decided_now(EVERY[index]), funder, EVERY[index].facts(PROFILES[funder]))


@pytest.mark.parametrize("again", RESTATED, ids=[f"{one.number}-{one.words}" for one in RESTATED])
def test_what_is_restated_names_one_row_once_and_says_why_it_is_other_than_before(again: Restated) -> None:
    rows = [(index, case) for index, case in enumerate(EVERY) if (case.number, case.words) == again[:2]]
    assert len(rows) == 1
    assert [one[:2] for one in RESTATED].count(again[:2]) == 1
    ((index, case),) = rows
    assert edition_of(index) != NEWEST
    assert again.why
    assert again.of(case)[3:] != case[3:]


def test_the_newer_cases_are_numbered_from_120_on_and_worded_once() -> None:
    assert not [case.number for case in NEWER if int(case.number[1:]) <= LAST]
    assert len({(case.number, case.words) for case in NEWER}) == len(NEWER)


def test_every_case_of_the_requirements_has_a_row_or_is_about_payments_alone() -> None:
    numbers = {case.number for case in EVERY if int(case.number[1:]) <= LAST}
    assert numbers | set(NOT_ON_FACTS) == {f"C{number:02}" for number in range(1, LAST + 1)}
    assert not numbers & set(NOT_ON_FACTS)


def test_what_is_not_on_facts_is_proved_elsewhere() -> None:
    assert set(NOT_ON_FACTS) <= set(ELSEWHERE)


@pytest.mark.parametrize(("number", "module"), ELSEWHERE.items(), ids=list(ELSEWHERE))
def test_where_the_rest_of_a_case_is_proved_a_test_names_it(number: str, module: str) -> None:
    source = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    assert source.is_file(), f"{module} does not exist"
    assert re.search(rf"\b{number}\b|_{number}_", said_of_tests(source.read_text()), re.IGNORECASE), (
        f"no docstring, comment or test in {module} names {number}"
    )


def said_of_tests(source: str) -> str:
    """The docstrings, the comments and the names of the tests of a module."""
    words = [one.string for one in generate_tokens(StringIO(source).readline) if one.type == COMMENT]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            words.append(f"{node.name}_")
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            words.append(ast.get_docstring(node) or "")
    return "\n".join(words)


def test_a_case_is_named_by_words_and_not_by_data() -> None:
    source = '"""On C18."""\nCASE = "C19"  # C22\ndef test_c35_is_minuted() -> None: ...\ndef test_c36() -> None: ...\n'
    assert re.findall(r"C[0-9]{2}", said_of_tests(source), re.IGNORECASE) == ["C22", "C18", "c35", "c36"]


def test_the_requirements_leave_only_cells_on_gifts_empty() -> None:
    assert {case.number for case in CASES for funder in PROFILES if case.expected(funder) == NONE} == {
        "C24",
        "C25",
        "C27",
    }


# What a case asks for beside its outcome


def test_c02_the_refusal_cites_the_owners_policy_and_names_a_sponsor() -> None:
    refused = answer("C02")
    assert "money may go only to a non-profit organisation" in refused.deciding
    assert "owner's policy" in spoken(refused, "ELIG-NONPROFIT").citation
    assert refused.options[0].startswith("a fiscal sponsor")


def test_c05_the_covenant_comes_with_the_review_of_fcpa_and_conflicts() -> None:
    assert "review FCPA and conflicts of interest" in spoken(answer("C05"), "ELIG-PATH").reason
    assert conditions(answer("C05", profile=X)) == set()


def test_c08_the_foundation_names_the_other_lawful_paths_the_cheapest_first() -> None:
    options = answer("C08", profile=F).options
    starts = ("the parent", "a private foundation", "an equivalency determination", "a fiscal sponsor")
    assert [option.startswith(start) for option, start in zip(options, starts, strict=True)] == [True] * 4


def test_c12_and_c13_carry_a_note_of_the_type() -> None:
    assert all("note its type on file" in spoken(answer(n), "ELIG-PATH").reason for n in ("C12", "C13"))


@pytest.mark.parametrize("number", ["C16", "C17"])
def test_c16_and_c17_show_the_history_and_its_row(number: str) -> None:
    one = spoken(answer(number, "after" if number == "C17" else ""), "ELIG-REVOKED")
    assert "was revoked from 2019-05-15 and is reinstated; the history is on file" in one.reason
    assert one.evidence[0].startswith("irs-revocation")


def test_c18_the_last_look_withholds_the_second_tranche_and_not_the_first() -> None:
    assert adverse_in(answer("C18", ": tranche 1"), ()) is None
    assert "posted 2019-08-12" in str(adverse_in(answer("C18", "withheld"), ()))


def test_c19_knowledge_is_named_with_its_day() -> None:
    assert "the funder knew since 2019-06-01: A mail of the programme officer" in answer("C19", "a mail").deciding


def test_c20_not_found_refers_with_the_likely_reason() -> None:
    assert "likely a church, a government unit, an organisation too new" in answer("C20", "new").deciding


def test_c21_an_exact_match_is_to_be_reported() -> None:
    assert "report within 10 business days" in answer("C21").deciding


def test_c22_what_a_second_person_cleared_is_not_asked_again() -> None:
    found = answer("C22")
    assert adverse_in(found, ()) is not None
    assert adverse_in(found, tuple(key for one in found.with_outcome(REFER) for key in one.keys)) is None


def test_c23_the_shares_are_added_up() -> None:
    assert "55 per cent" in spoken(answer("C23"), "SANCTIONS-OWNERSHIP").reason


def test_c24_the_foundation_points_to_the_parent_and_c25_is_unrestricted() -> None:
    assert answer("C24", profile=F).options == ("the parent receives the gift",)
    assert spoken(answer("C25"), "GIFT-RESTRICTED").reason == "unrestricted"


@pytest.mark.parametrize(
    ("returned", "parts"),
    [("500.00", ("9500.00", "500.00")), ("200.00", ("10000.00", "0")), ("200.01", ("9799.99", "200.01"))],
)
def test_c27_a_booth_worth_5_per_cent_splits_the_payment_95_to_5(returned: str, parts: tuple[str, str]) -> None:
    payment, benefit = (Money.model_validate(money(amount)) for amount in ("10000.00", returned))
    assert split(payment, benefit) == tuple(map(Decimal, parts))


def test_c27_the_split_is_told_and_the_logo_wall_needs_no_notice() -> None:
    booth, wall = answer("C27", "booth"), answer("C27", "logo wall")
    assert "USD 9500.00; the rest by its own nature USD 500.00" in spoken(booth, "GIFT-SPONSORSHIP").reason
    assert "DISCLOSURE" not in conditions(wall)


@pytest.mark.parametrize(
    ("amount", "condition", "due"),
    [
        ("249.99", "ACKNOWLEDGMENT", False),
        ("250.00", "ACKNOWLEDGMENT", True),
        ("75.00", "DISCLOSURE", False),
        ("75.01", "DISCLOSURE", True),
    ],
)
def test_r18_what_the_donor_is_told_changes_exactly_at_the_boundary(amount: str, condition: str, due: bool) -> None:
    assert (condition in conditions(given(amount, benefit=money("5.00")))) is due


def test_c28_the_gift_may_be_papered_anew() -> None:
    assert answer("C28").options[0].startswith("re-paper the gift")


def test_c29_no_payment_is_ever_possible_without_money() -> None:
    assert Proposal.model_validate(proposal(non_monetary=joint())).money is None
    assert not {"money", "tranches", "payee"} & set(NonMonetary.model_fields)
    with pytest.raises(ValidationError):
        NonMonetary.model_validate(joint(money=money()))


def test_c31_and_c32_the_subrecipients_are_counted_and_the_company_is_named() -> None:
    assert "12 sub-recipients" in spoken(answer("C31"), "PROJECT-REGRANT").reason
    assert "replaced or repaid: Copper Kettle Software LLC" in answer("C32").deciding


def test_c32_a_subrecipient_that_turns_out_to_be_a_company_withholds_the_payment() -> None:
    assert "for-profit sub-recipients" in str(adverse_in(answer("C32"), ()))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_c33_the_size_of_the_main_user_changes_nothing(profile: object) -> None:
    big, small = answer("C33", "carrier", profile), answer("C33", "small", profile)
    assert (big.outcome, big.conditions) == (small.outcome, small.conditions)


def test_c35_the_minutes_follow_within_60_days_and_a_private_foundation_examines_self_dealing() -> None:
    assert "within 60 days" in CONDITIONS[ConditionId.CONFLICT_MINUTES].what
    assert "examine self-dealing" in answer("C35", profile=X).deciding


def test_c38_the_old_version_is_named() -> None:
    assert "irs-bmf of 2026-08-02" in answer("C38").deciding


@pytest.mark.parametrize("written", ["10123456", 10123456])
def test_c39_an_ein_that_lost_its_zero_is_refused_and_not_guessed(written: object) -> None:
    with pytest.raises(ValidationError, match="zero"):
        party(ein=written)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_c40_a_replay_under_the_pinned_edition_gives_the_old_answer_to_the_byte(profile: object) -> None:
    first, again = (answer("C40", "replayed", profile) for _ in range(2))
    assert first.rule_book == "2026.2"
    assert canonical(first, "2026.2") == canonical(again, "2026.2")
    assert first.facts_sha256 != answer("C40", "newer", profile).facts_sha256
