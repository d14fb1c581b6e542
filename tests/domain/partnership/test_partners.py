"""A partner has a record of its own, out of all its partnerships. A judgement is found again with its age (R2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.partnership import events as e
from domain.partnership.diligence.judgements import Judgement, judged_before, judgements
from domain.partnership.partners import PartnerRole, find_partner, key_of, partners
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Outcome
from tests.builders import NOON, funds_in, funds_out, paper, party, regrant
from tests.domain.partnership.specification import (
    accept,
    active,
    approve,
    came_to,
    clear,
    declare,
    in_approval,
    in_eligibility,
    recheck,
    release,
    report,
)

CIRCLE = party("Village Circle", ein="001000009")
LIBRARY = party(papers=[paper("DETERMINATION_LETTER")])


def renamed(known: Partnership, reference: str) -> Partnership:
    """The same partnership under another id."""
    made = known.proposed.model_copy(update={"reference": reference})
    return known.model_copy(update={"partnership_id": reference, "proposal": made})


def test_a_party_is_told_from_others_by_its_number_or_by_country_and_name() -> None:
    assert key_of(party()) == key_of(party("The Library, by another name"))
    nameless = party("Lowland  READERS", ein=None, country="KE")
    assert key_of(nameless) == key_of(party("Lowland readers", ein=None, country="KE")) == "KE lowland readers"
    assert key_of(nameless) != key_of(party("Lowland Readers", ein=None, country="UG"))


def test_a_record_gathers_what_a_party_was_in_each_partnership() -> None:
    paid = active(funds_out=funds_out("1000.00", payee=LIBRARY)).given(release(), *came_to(TrancheOutcome.SETTLED))
    reported = paid.given(report("vera.lind"), accept(1, "ana.silva")).partnership
    given = renamed(in_approval(funds_in=funds_in(donor=party()), partner=party()).partnership, "P-2026-0043")
    [found] = [one for one in partners([reported, given]) if one.key == "EIN 001000001"]
    first, second = sorted(found.appearances, key=lambda one: one.partnership_id)
    assert (first.roles, first.stage) == ((PartnerRole.PARTNER, PartnerRole.PAYEE), Stage.CLOSED)
    assert (str(first.money), bool(first.account), [one.number for one in first.reports]) == ("USD 1,000.00", True, [1])
    assert (second.roles, second.account) == ((PartnerRole.PARTNER, PartnerRole.DONOR), "")
    assert {one.kind for one in found.papers} == {"DETERMINATION_LETTER"}


def test_whom_a_payee_supports_has_a_record_too() -> None:
    known = in_approval(funds_out=funds_out(regrant=regrant(CIRCLE))).partnership
    [found] = find_partner(partners([known]), "village circle")
    assert [one.roles for one in found.appearances] == [(PartnerRole.SUPPORTED,)]


@pytest.mark.parametrize(
    "wanted", ["001000001", "00-1000001", "Riverbend Library Network", "riverbend library network"]
)
def test_a_partner_is_found_by_its_number_or_its_name(wanted: str) -> None:
    assert [one.key for one in find_partner(partners([in_approval().partnership]), wanted)] == ["EIN 001000001"]


@pytest.mark.parametrize("wanted", ["", "Riverbend", "001000002"])
def test_part_of_a_name_finds_nobody(wanted: str) -> None:
    assert find_partner(partners([in_approval().partnership]), wanted) == ()


def test_the_newest_description_is_the_one_that_is_used_again() -> None:
    old = in_approval(partner=party("Its old name"), funds_out=funds_out(payee=party("Its old name"))).partnership
    later = renamed(in_approval().partnership, "P-2026-0050")
    later = later.model_copy(
        update={"verification": later.verification.model_copy(update={"verified_at": NOON + timedelta(days=9)})}  # type: ignore[union-attr]
    )
    [found] = [one for one in partners([later, old]) if one.key == "EIN 001000001"]
    assert (found.party.name, found.names) == (party().name, (party().name, "Its old name"))


def test_what_was_never_proposed_has_no_partners() -> None:
    assert partners([Partnership(partnership_id="P-2026-0042")]) == ()


# Judgements


def test_a_cleared_referral_is_found_again_by_the_facts_it_asked_about() -> None:
    story = in_eligibility(Outcome.REFER).given(approve("vera.lind"))
    [found] = judgements("P-2026-0042", story.history)
    assert (found.key, found.actor, found.partnership_id) == ("RULE-1: finding 1", "vera.lind", "P-2026-0042")
    assert judged_before(["RULE-1: finding 1", "RULE-2: other"], [found]) == (found,)
    assert judged_before(["RULE-1: other facts"], [found]) == ()


def test_what_was_cleared_of_a_later_look_is_found_too_and_the_newest_counts() -> None:
    asked = active().given(recheck(Outcome.REFER))
    story = asked.given(clear(*asked.partnership.asked))
    [found] = judgements("P-2026-0042", story.history)
    newer = found.model_copy(update={"at": NOON + timedelta(days=1), "reason": "Seen once more"})
    assert judged_before([found.key], [newer, found]) == (newer,)


def test_a_judgement_of_somebody_who_is_recused_is_not_told() -> None:
    story = in_eligibility(Outcome.REFER).given(approve("vera.lind"), declare("vera.lind"))
    assert list(judgements("P-2026-0042", story.history)) == []
    fell = e.DecisionsFell(at=NOON, person="vera.lind", fell=("CLEARED",), reason="A key was revoked")
    cleared = in_eligibility(Outcome.REFER).given(approve("vera.lind"))
    assert list(judgements("P-2026-0042", (*cleared.history, fell))) == []


def test_a_judgement_says_who_and_when() -> None:
    made = Judgement(key="k", partnership_id="P-2026-0042", actor="vera.lind", at=NOON, reason="The same body")
    assert judged_before(["k", "k"], [made]) == (made,)
