"""Edition 2026.3: more lists to screen against, clearances that are remembered, and nothing else than in 2026.2."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.policy.findings import Finding, Outcome
from domain.policy.rulebook import EDITIONS, assess
from domain.policy.rules.freshness import OLDEST_VERSION
from domain.policy.rules.freshness import SANCTIONS_LISTS as LISTS_BY_EDITION
from domain.screening.matches import MatchKind, SanctionsMatch, ScreeningEvidence
from domain.screening.tax_status import RevocationEntry
from tests.builders import (
    LISTS,
    NOON,
    funding,
    party,
    proposal,
    revocation,
    screening,
    source,
    status,
    verification,
    version,
)

BOOK = EDITIONS["2026.3"]
SANCTIONS_LISTS = LISTS_BY_EDITION["2026.3"]
PASS, CONDITION, REFER, FAIL = Outcome
PAYEE = "Riverbend Library Network"


def match(kind: MatchKind = MatchKind.NEAR, register: str = "un-consolidated", **more: Any) -> SanctionsMatch:
    content = {
        "party": PAYEE, "listed_name": "RIVERBANK LIBRARY NETWORK", "entity": "9202", "programme": "SAMPLE",
        "kind": kind, "score": 100.0 if kind is MatchKind.EXACT else 91.0, "source": source(register),
    }  # fmt: skip
    return SanctionsMatch.model_validate({**content, **more})


def finding(screened: ScreeningEvidence, rule: str) -> Finding:
    found = assess(proposal(), funding(), verification(status(), screened), book=BOOK)
    return next(one for one in found.findings if one.rule_id == rule)


@pytest.mark.parametrize("register", sorted(SANCTIONS_LISTS))
def test_an_exact_name_on_any_list_refuses_and_the_list_is_named(register: str) -> None:
    one = finding(screening(match(MatchKind.EXACT, register)), "SANCTIONS")
    assert one.outcome is FAIL
    assert f"{PAYEE!r} is on {register} as 'RIVERBANK LIBRARY NETWORK' (entity 9202, SAMPLE)" in one.reason


def test_a_near_name_waits_for_a_second_person() -> None:
    one = finding(screening(match()), "SANCTIONS")
    assert (one.outcome, "at 91 of 100" in one.reason) == (REFER, True)


def test_a_near_name_that_somebody_cleared_passes_and_says_who() -> None:
    one = finding(screening(match(cleared_by=("vera.lind",))), "SANCTIONS")
    assert one.outcome is PASS
    assert one.reason == f"1 party screened; {PAYEE!r} is not entity 9202 (cleared by vera.lind)"
    assert one.evidence == (str(source("un-consolidated")),)


def test_of_two_near_names_the_one_that_nobody_cleared_still_waits() -> None:
    other = match(entity="9203", listed_name="RIVERBED LIBRARIES")
    one = finding(screening(match(cleared_by=("vera.lind",)), other), "SANCTIONS")
    assert (one.outcome, "9203" in one.reason, "9202" in one.reason) == (REFER, True, False)


def test_an_exact_name_cannot_be_cleared() -> None:
    assert finding(screening(match(MatchKind.EXACT, cleared_by=("vera.lind",))), "SANCTIONS").outcome is FAIL


def test_what_the_proposer_cleared_herself_counts_for_nothing_in_her_case() -> None:
    screened = screening(match(cleared_by=("pia.berg",))).without_clearances_by(frozenset({"pia.berg"}))
    assert finding(screened, "SANCTIONS").outcome is REFER
    assert (
        screening(match(cleared_by=("vera.lind",))).without_clearances_by(frozenset({"pia.berg"})).matches[0].cleared_by
    )


@pytest.mark.parametrize("missing", sorted(SANCTIONS_LISTS))
def test_the_silence_of_a_list_that_was_never_loaded_clears_nobody(missing: str) -> None:
    asked = tuple(one for one in LISTS if one.register_name != missing)
    one = finding(screening().model_copy(update={"asked": asked}), "REGISTERS-FRESH")
    assert (one.outcome, one.reason) == (REFER, f"never loaded, so nobody could ask: {missing}; load them first")


@pytest.mark.parametrize(("days", "outcome"), [(35, PASS), (36, REFER)])
@pytest.mark.parametrize("register", sorted(SANCTIONS_LISTS))
def test_a_list_grows_too_old_after_35_days(register: str, days: int, outcome: Outcome) -> None:
    then: date = NOON.date() - timedelta(days=days)
    asked = tuple(version(register, then) if one.register_name == register else one for one in LISTS)
    assert finding(screening().model_copy(update={"asked": asked}), "REGISTERS-FRESH").outcome is outcome


def test_every_list_that_must_be_asked_has_an_age_limit() -> None:
    assert set(OLDEST_VERSION) >= SANCTIONS_LISTS


def test_all_other_rules_and_the_table_are_those_of_the_edition_before() -> None:
    before = {rule.rule_id: rule for rule in EDITIONS["2026.2"].rules}
    changed = [rule.rule_id for rule in BOOK.rules if before[rule.rule_id] is not rule]
    assert sorted(changed) == ["ELIG-LISTED", "REGISTERS-FRESH", "SANCTIONS"]
    assert [rule.rule_id for rule in BOOK.rules] == list(before)
    assert BOOK.paths is EDITIONS["2026.2"].paths


def test_the_score_from_which_a_name_is_near_stands_in_the_book() -> None:
    assert (EDITIONS["2026.2"].near_from, BOOK.near_from) == (88, 82)


def owned(*principals: dict[str, Any]) -> Any:
    """The finding on sanctions of a proposal whose partner has these behind it. Owner 1 stands on a list."""
    partner = party(PAYEE, principals=principals)
    screened = screening(match(MatchKind.EXACT, party="Owner 1"))
    found = assess(proposal(partner=partner), funding(), verification(status(), screened), book=BOOK)
    return next(one for one in found.findings if one.rule_id == "SANCTIONS")


def test_who_only_owns_is_left_to_the_fifty_per_cent_rule_and_who_also_governs_is_not() -> None:
    owner = {"name": "Owner 1", "role": "OWNER", "share": "10"}
    alone = owned(owner)
    assert (alone.outcome, alone.reason) == (PASS, "1 party screened; of them only an owner met a sanctions list")
    assert owned(owner, {"name": "Owner 1", "role": "DIRECTOR"}).outcome is FAIL


def test_an_owner_whose_name_is_only_near_is_looked_at_too() -> None:
    partner = party(PAYEE, principals=({"name": "Owner 1", "role": "OWNER", "share": "10"},))
    screened = screening(match(party="Owner 1"))
    found = assess(proposal(partner=partner), funding(), verification(status(), screened), book=BOOK)
    assert next(one for one in found.findings if one.rule_id == "SANCTIONS").outcome is REFER


@pytest.mark.parametrize(("days", "outcome"), [(62, PASS), (63, REFER)])
@pytest.mark.parametrize("register", ["irs-bmf", "irs-pub78", "irs-revocation"])
def test_a_register_of_the_irs_grows_too_old_after_62_days(register: str, days: int, outcome: Outcome) -> None:
    then = NOON.date() - timedelta(days=days)
    asked = tuple(
        version(name, then if name == register else NOON.date()) for name in ("irs-bmf", "irs-pub78", "irs-revocation")
    )
    found = assess(proposal(), funding(), verification(status(asked=asked)), book=BOOK)
    one = next(one for one in found.findings if one.rule_id == "REGISTERS-FRESH")
    assert one.outcome is outcome
    assert (f"{register} of {then}" in one.reason) is (outcome is REFER)


@pytest.mark.parametrize(("days", "outcome"), [(1, PASS), (2, REFER)])
def test_a_list_of_tomorrow_is_a_time_zone_and_one_of_the_day_after_a_mistake(days: int, outcome: Outcome) -> None:
    ahead = NOON.date() + timedelta(days=days)
    asked = tuple(version(one.register_name, ahead) for one in LISTS)
    one = finding(screening().model_copy(update={"asked": asked}), "REGISTERS-FRESH")
    assert one.outcome is outcome


def test_a_near_name_whose_entry_says_something_else_is_another_question() -> None:
    keys = {finding(screening(match(entry=digest * 64)), "SANCTIONS").keys for digest in "ab"}
    assert len(keys) == 2
    assert {key.rpartition(" at 91 of 100, ")[2] for (key,) in keys} == {"entry aaaaaaaa", "entry bbbbbbbb"}


UNLISTED = status(master_file=None)


def told_of(revocations: tuple[RevocationEntry, ...]) -> str:
    found = verification(UNLISTED.model_copy(update={"revocations": revocations}))
    listed = assess(proposal(), funding(), found, book=BOOK).findings
    one = next(one for one in listed if one.rule_id == "ELIG-LISTED")
    assert one.outcome is REFER
    return one.reason


def test_a_payee_that_no_register_lists_is_told_with_where_it_was_sought_and_the_likely_reasons() -> None:
    reason = told_of(())
    assert "was not found in irs-bmf, irs-pub78, irs-revocation; likely a church" in reason


def test_a_payee_that_only_the_revocations_list_is_told_to_be_revoked() -> None:
    reason = told_of((revocation("2026-05-15", "2026-08-10"),))
    assert (
        "was not found in irs-bmf, irs-pub78; its exemption was revoked on 2026-05-15, posted on 2026-08-10" in reason
    )
    assert "church" not in reason


def test_a_payee_that_was_revoked_and_reinstated_and_is_not_listed_yet_is_told_both() -> None:
    back = told_of((revocation("2026-05-15", "2026-08-10", "2026-10-01"),))
    assert back.endswith("revoked on 2026-05-15, posted on 2026-08-10, and reinstated on 2026-10-01")
    assert told_of((revocation("2026-05-15", "2026-08-10"),)).endswith("posted on 2026-08-10")


@pytest.mark.parametrize(("days", "old"), [(35, ()), (36, ("ofac-sdn of 2026-11-01",))])
def test_when_something_is_decided_what_was_asked_of_a_list_may_be_35_days_old(days: int, old: tuple[str, ...]) -> None:
    asked = (version("ofac-sdn"), version("irs-bmf"), version("irs-990n"))
    found = verification(None, screening().model_copy(update={"asked": asked}))
    assert BOOK.too_old(found, date(2026, 11, 1) + timedelta(days=days)) == old


def test_when_something_is_decided_the_registers_of_the_irs_may_be_62_days_old() -> None:
    found = verification(status(asked=(version("irs-bmf"),)), screening().model_copy(update={"asked": ()}))
    assert BOOK.too_old(found, date(2027, 1, 2)) == ()
    assert BOOK.too_old(found, date(2027, 1, 3)) == ("irs-bmf of 2026-11-01",)


def test_what_somebody_cleared_for_who_has_a_part_in_the_case_counts_for_nothing_in_it() -> None:
    lent = screening(match(cleared_by=("otto.audit for vera.lind",)))
    assert finding(lent.without_clearances_by(frozenset({"vera.lind"})), "SANCTIONS").outcome is REFER
    assert finding(lent.without_clearances_by(frozenset({"pia.berg"})), "SANCTIONS").outcome is PASS
