"""An amendment says terms and facts, each field one or the other. Refused facts are truths (rules 4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.partnership.proposal.amendment import CLASSES, told_by
from domain.partnership.proposal.telling import LONGEST, tells_facts, truths_of_refused
from domain.partnership.state import Partnership
from domain.plans import PublicInterest
from domain.policy.rulebook import assess as assess_facts
from domain.proposal import FundsIn, FundsOut, NonMonetary, Proposal
from domain.screening.truths import TruthKind
from tests.builders import (
    benefit,
    company,
    funding,
    funds_in,
    funds_out,
    match,
    party,
    principal,
    proposal,
    regrant,
    screening,
    status,
    verification,
)
from tests.domain.partnership.specification import active, amend, hold

TWO: dict[str, Any] = {"funds_out": funds_out("600.00", "400.00")}
LOST = {"what": "The grantee wrote that it is revoked", "known_since": "2026-10-01"}

FACTS = {
    Proposal: {"partner", "interests"},
    PublicInterest: {"community"},
    FundsOut: {
        "payee", "alignment", "equivalency", "sponsorship", "regrant", "benefit", "exchange", "uses", "known_changes",
        "controlled_by_insider", "no_private_benefit", "places", "licence", "support",
    },
    FundsIn: {
        "donor", "influences_priorities", "conduit_to", "names_receiver", "benefit", "gets_in_return", "advertising",
        "contingent", "in_kind",
    },
    NonMonetary: {"alignment", "places"},
}  # fmt: skip
"""What an amendment says of what is so. Every other field is a term: what we would agree."""


@pytest.mark.parametrize("part", FACTS)
def test_each_field_is_a_term_or_a_fact(part: Any) -> None:
    told = {name for name, fields in CLASSES[part].items() if any(field.tells is not None for field in fields)}
    assert told == FACTS[part]


TOLD: dict[str, tuple[dict[str, Any], TruthKind]] = {
    "a lost status": ({"known_changes": (LOST,)}, TruthKind.LOST_STATUS),
    "an insider": ({"controlled_by_insider": True}, TruthKind.INSIDER),
    "a place": ({"places": ({"country": "IR"},)}, TruthKind.PLACE),
    "a use": ({"uses": ("ELECTION",)}, TruthKind.USE),
    "a surplus that is distributed": ({"benefit": benefit(distributes_surplus=True)}, TruthKind.FOR_PROFIT),
    "who benefits": ({"benefit": benefit()}, TruthKind.OTHER),
    "who gets it from the payee": ({"regrant": regrant()}, TruthKind.OTHER),
    "that the payee is a company": ({"payee": party(kind="PRIVATE_COMPANY")}, TruthKind.FOR_PROFIT),
    "a new director of the payee": ({"payee": party(principals=(principal("Ida Holm"),))}, TruthKind.OTHER),
}


@pytest.mark.parametrize("what", TOLD)
def test_a_refused_fact_is_a_truth_about_the_payee(what: str) -> None:
    leg, kind = TOLD[what]
    command = amend(funds_out=funds_out("600.00", "400.00", **leg))
    story = active(**TWO)
    assert tells_facts(story.partnership, command)
    told = {one.truth_kind: one for one in truths_of_refused(story.partnership, command)}
    truth = told[kind]
    assert (truth.teller, truth.partnership_id) == ("pia.berg", "P-2026-0042")
    assert truth.words.names == ("Riverbend Library Network",)
    assert truth.words.source == command.reason


TERMS: dict[str, dict[str, Any]] = {
    "another payee": {"funds_out": funds_out("600.00", "400.00", payee=company())},
    "the sum": {"funds_out": funds_out("600.00", "500.00")},
    "the purpose": {"funds_out": funds_out("600.00", "400.00", purpose="A radio station")},
    "a barrier": {"funds_out": funds_out("600.00", "400.00", barrier="The ministry has signed")},
}


@pytest.mark.parametrize("what", TERMS)
def test_a_refused_term_leaves_nothing(what: str) -> None:
    command = amend(**TERMS[what])
    assert not tells_facts(active(**TWO).partnership, command)
    assert truths_of_refused(active(**TWO).partnership, command) == ()


def test_the_rules_that_refuse_the_facts_alone_are_kept_with_them_and_not_those_of_the_terms() -> None:
    leg = {"places": ({"country": "IR"},), "payee": company()}
    both = amend(funds_out=funds_out("600.00", "400.00", **leg))
    found = assess_facts(both.proposal, funding(), verification(status()))
    (truth,) = [one for one in truths_of_refused(active(**TWO).partnership, both, found) if one.truth_kind == "PLACE"]
    assert truth.rules == ("PLACES-EMBARGO",)


def test_facts_that_no_rule_refuses_are_kept_without_one() -> None:
    command = amend(funds_out=funds_out("600.00", "400.00", uses=("TUITION",)))
    found = assess_facts(command.proposal, funding(), verification(status()))
    (truth,) = truths_of_refused(active(**TWO).partnership, command, found)
    assert truth.rules == ()


def test_a_fact_that_names_a_listed_party_is_of_that_kind() -> None:
    command = amend(funds_out=funds_out("600.00", "400.00", regrant=regrant()))
    found = assess_facts(command.proposal, funding(), verification(status(), screening(match())))
    (truth,) = truths_of_refused(active(**TWO).partnership, command, found)
    assert truth.truth_kind is TruthKind.SANCTIONS


def test_the_same_amendment_again_tells_the_same_truth() -> None:
    command, known = amend(funds_out=funds_out("600.00", "400.00", known_changes=(LOST,))), active(**TWO).partnership
    assert truths_of_refused(known, command) == truths_of_refused(known, command)


def test_each_change_that_was_known_before_is_told_once() -> None:
    again = {**LOST, "what": "It appealed in vain"}
    stood = active(funds_out=funds_out("600.00", "400.00", known_changes=(LOST,))).partnership
    command = amend(funds_out=funds_out("600.00", "400.00", known_changes=(LOST, again)))
    assert [one.words.what for one in truths_of_refused(stood, command)] == ["It appealed in vain"]


def test_what_is_told_of_a_donor_is_about_the_donor() -> None:
    before = {"funds_in": funds_in()}
    command = amend(funds_in=funds_in(influences_priorities=True))
    (truth,) = truths_of_refused(active(**before).partnership, command)
    donor = proposal(**before).funds_in
    assert donor is not None
    assert truth.words.names[:1] == (donor.donor.name,)


def test_a_long_fact_is_cut_and_never_refused_for_its_length() -> None:
    command = amend(funds_out=funds_out("600.00", "400.00", regrant=regrant()))
    (truth,) = truths_of_refused(active(**TWO).partnership, command)
    assert len(truth.words.what) <= LONGEST + 4


def test_a_hold_turns_no_fact_away() -> None:
    held = active(**TWO).given(hold()).partnership
    command = amend(funds_out=funds_out("600.00", "400.00", known_changes=(LOST,)))
    assert len(truths_of_refused(held, command)) == 1
    assert told_by(held.proposed, command.proposal)


def test_only_an_amendment_of_what_was_proposed_tells_facts() -> None:
    command = amend(funds_out=funds_out("600.00", "400.00", uses=("TUITION",)))
    assert not tells_facts(Partnership(partnership_id="P-2026-0042"), command)
    assert not tells_facts(active(**TWO).partnership, hold())


BOTH: dict[str, Any] = {**TWO, "funds_in": funds_in()}
PARTNER = {"name": "Lower River Libraries", "ein": "001000003"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({**BOTH, "funds_in": funds_in(influences_priorities=True)}, "Northern Light Telecom Ltd"),
        ({**BOTH, "funds_out": funds_out("600.00", "400.00", uses=("TUITION",))}, "Riverbend Library Network"),
        ({**BOTH, "partner": party(**PARTNER, principals=(principal("Ida Holm"),))}, "Lower River Libraries"),
    ],
)
def test_a_fact_is_about_the_party_of_its_part(content: dict[str, Any], name: str) -> None:
    stood = active(**{**BOTH, "partner": party(**PARTNER)}).partnership
    (truth,) = truths_of_refused(stood, amend(**{"partner": party(**PARTNER), **content}))
    assert truth.words.names == (name,)


def words_of(**leg: Any) -> str:
    (truth,) = truths_of_refused(active(**TWO).partnership, amend(funds_out=funds_out("600.00", "400.00", **leg)))
    return str(truth.words.what)


def test_the_words_of_a_fact_say_where_it_stands_what_is_so_and_what_was() -> None:
    assert words_of(uses=("TUITION", "EQUIPMENT")) == "funds_out.uses is TUITION, EQUIPMENT; it was PROGRAMME"
    assert words_of(places=({"country": "IR"},)) == 'funds_out.places is {"country":"IR"}; it was none'


def test_of_a_party_only_that_is_shown_in_which_it_differs() -> None:
    said = words_of(payee=party(principals=(principal("Ida Holm"),)))
    assert said.startswith('funds_out.payee is {"principals":[{"name":"Ida Holm"')
    assert "Riverbend" not in said


@pytest.mark.parametrize(("length", "whole"), [(900, True), (901, False)])
def test_words_of_nine_hundred_characters_are_whole(length: int, whole: bool) -> None:
    """Of the names of three directors one is as long as it takes."""

    def said(letters: int) -> str:
        names = ("Ida " + "x" * letters, "Olga " + "y" * 135, "Vera " + "z" * 135)
        return words_of(payee=party(principals=tuple(map(principal, names))))

    found = said(length - len(said(1)) + 1)
    assert (len(found), found.endswith(" ...")) == ((length, False) if whole else (904, True))
