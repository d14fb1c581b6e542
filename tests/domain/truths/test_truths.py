"""A truth waits for an answer by a person without a part in it. It touches by numbers first, and then by names."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.directory.directory import Directory
from domain.directory.people import Delegation, StaffMember
from domain.directory.tiers import Role
from domain.parties import PartyKind
from domain.payment.counter import CounterAct
from domain.policy.findings import Outcome
from domain.policy.rulebook import assess
from domain.proposal import Proposal
from domain.screening.truths import KnownTruth, TruthKind
from domain.signatures.signing import FileSignature, Signature, statement_about
from domain.streams import TRUTHS_STREAM
from domain.truths.drawing import Fact, truths_from
from domain.truths.events import TruthAnswered, TruthTold
from domain.truths.touching import Likeness, about
from domain.truths.truth import Truth, conflict_of_duties, fold_truths, lenders_of
from domain.words import Words
from records.truths import ALIKE
from tests.builders import NOON, funding, funds_out, number, party, proposal, status, verification

OF, SINCE = number("truth"), date(2026, 10, 30)
PAYEE = party("Riverbend Library Network", ein="001000001")


def words(what: str = "Its exemption is revoked", **more: Any) -> Words:
    return Words(of=OF, what=what, **more)


def signature(act: type[CounterAct], actor: str, command: UUID) -> Signature:
    """A person's signature. The mathematics is another room's."""
    statement = statement_about(TRUTHS_STREAM, act.act, actor, NOON, command, {})
    return FileSignature(statement=statement, key_id="EK-" + "A" * 16, value="A" * 86 + "==")


def told(actor: str = "pia.berg", kind: TruthKind = TruthKind.LOST_STATUS, **more: Any) -> TruthTold:
    said = {"truth_kind": kind, "since": SINCE, "words": words()}
    return TruthTold(at=NOON, actor=actor, signature=signature(TruthTold, actor, number("told")), **{**said, **more})


def answered(so: bool, actor: str = "vera.lind") -> TruthAnswered:
    sha = None if so else "ab" * 32
    signed = signature(TruthAnswered, actor, number("answered"))
    return TruthAnswered(at=NOON, actor=actor, signature=signed, so=so, paper_sha256=sha, words=words("I looked"))


def folded(*events: Any, directory: Directory | None = None) -> Truth:
    (truth,) = fold_truths((one, directory or Directory()) for one in events)
    return truth


def test_it_waits_until_a_verifier_answers() -> None:
    assert folded(told()).waits()
    assert (folded(told(), answered(so=True)).waits(), folded(told(), answered(so=True)).is_so) == (False, True)
    assert folded(told(), answered(so=False)).fell


def test_the_newest_answer_counts_and_never_its_tellers() -> None:
    assert folded(told(), answered(so=False), answered(so=True, actor="noor.haddad")).is_so
    own = folded(told("vera.lind"), answered(so=True, actor="noor.haddad"), answered(so=False))
    assert (own.is_so, own.fell) == (True, False)


def test_an_answer_by_who_has_a_part_counts_for_nothing_there() -> None:
    truth = folded(told(), answered(so=False))
    assert str(truth.against({"vera.lind", "paul.nkosi"})) == (
        f"{truth.name} was told by pia.berg on 2026-11-02 (lost status, since 2026-10-30) and waits for the answer of "
        f"a verifier without a part in it, which vera.lind has: `accord answer-truth {truth.name}`"
    )
    assert truth.against({"paul.nkosi"}) is None


def test_who_lent_the_role_counts_as_who_answered() -> None:
    lent = Delegation(lender="vera.lind", borrower="ana.silva", role=Role.VERIFIER, starts_on=SINCE, ends_on=SINCE)
    member = StaffMember(staff_id="ana.silva", name="Ana Silva", roles=(Role.PROPOSER,))
    directory = Directory(staff=(member,), delegations=(lent,))
    assert lenders_of(directory, "ana.silva") == {"vera.lind"}
    truth = folded(told("vera.lind"), answered(so=False, actor="ana.silva"), directory=directory)
    assert truth.waits()
    assert str(conflict_of_duties(truth, {"ana.silva", "vera.lind"}, ())).startswith("vera.lind told")
    own = directory.model_copy(update={"staff": (member.model_copy(update={"roles": (Role.VERIFIER,)}),)})
    assert lenders_of(own, "ana.silva") == frozenset()


def test_told_twice_it_stays_as_it_was_told_first() -> None:
    assert folded(told(), told(kind=TruthKind.OTHER)).kind is TruthKind.LOST_STATUS


def test_that_it_is_not_so_needs_a_paper() -> None:
    content = answered(so=True).model_dump() | {"so": False}
    with pytest.raises(ValidationError, match="--document: only a paper shows that it is not so"):
        TruthAnswered.model_validate(content)


# What it touches


def made() -> Proposal:
    return proposal("P-2026-0042", funds_out=funds_out(payee=PAYEE), partner=PAYEE)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"ein": "001000001"}, PAYEE.name),
        ({"names": ("RIVERBEND LIBRARY NETWORK INC",)}, PAYEE.name),
        ({"names": ("Riverbend Libary Network",)}, PAYEE.name),
        ({"names": (PAYEE.name,), "ein": "009999999"}, None),
        ({"names": ("Lakeside School",)}, None),
        ({"numbers": ("GB-CHC 1234567",)}, PAYEE.name),
        ({"numbers": ("gb-chc-1234567",)}, PAYEE.name),
        ({"numbers": ("GB-CHC 7654321",)}, None),
        ({"person": "Roe, Jane A."}, "Jane Roe"),
        ({"person": "Jane Doe"}, None),
    ],
)
def test_it_touches_whom_its_numbers_or_names_say(said: dict[str, Any], found: str | None) -> None:
    chair = ({"name": "Jane Roe", "role": "DIRECTOR"},)
    payee = party(PAYEE.name, ein=PAYEE.ein, numbers=({"scheme": "GB-CHC", "number": "1234567"},), principals=chair)
    known = proposal("P-2026-0042", funds_out=funds_out(payee=payee), partner=payee)
    assert about((), words(**said), known, ALIKE) == found


def test_it_touches_the_partnership_in_which_it_was_told_whomever_it_is_about() -> None:
    nobody = Likeness(bodies=lambda *_: False, people=lambda *_: False)
    assert about({"P-2026-0042"}, words(names=("Lakeside",)), made(), nobody) == ""
    assert about({"P-2026-0043"}, words(names=("Lakeside",)), made(), nobody) is None


# What the rules make of it


@pytest.mark.parametrize(
    ("kind", "party_name", "outcome", "rule"),
    [
        (TruthKind.LOST_STATUS, PAYEE.name, Outcome.FAIL, "ELIG-REVOKED"),
        (TruthKind.LOST_STATUS, "", Outcome.FAIL, "ELIG-REVOKED"),
        (TruthKind.FOR_PROFIT, PAYEE.name, Outcome.FAIL, "ELIG-NONPROFIT"),
        (TruthKind.SANCTIONS, PAYEE.name, Outcome.FAIL, "TOLD-FACTS"),
        (TruthKind.LOST_STATUS, "A village school", Outcome.FAIL, "TOLD-FACTS"),
        (TruthKind.INSIDER, PAYEE.name, Outcome.REFER, "ELIG-PATH"),
        (TruthKind.PLACE, PAYEE.name, Outcome.REFER, "TOLD-FACTS"),
        (TruthKind.USE, "", Outcome.REFER, "TOLD-FACTS"),
        (TruthKind.DIVERSION, PAYEE.name, Outcome.REFER, "TOLD-FACTS"),
        (TruthKind.ACCOUNT, PAYEE.name, Outcome.REFER, "TOLD-FACTS"),
        (TruthKind.IDENTITY, PAYEE.name, Outcome.REFER, "TOLD-FACTS"),
        (TruthKind.OTHER, PAYEE.name, Outcome.PASS, "TOLD-FACTS"),
    ],
)
def test_what_is_so_is_judged(kind: TruthKind, party_name: str, outcome: Outcome, rule: str) -> None:
    known = KnownTruth(truth=OF, kind=kind, since=SINCE, party=party_name)
    found = verification(status()).model_copy(update={"truths": (known,)})
    judged = assess(made(), funding(), found)
    (finding,) = [one for one in judged.findings if one.rule_id == rule]
    assert finding.outcome is outcome
    assert known.name in finding.reason or outcome is Outcome.FAIL or rule == "ELIG-PATH"


def test_without_truths_the_rule_does_not_speak() -> None:
    assert not [
        one for one in assess(made(), funding(), verification(status())).findings if one.rule_id == "TOLD-FACTS"
    ]


# Facts that the rules refused


def test_facts_make_the_same_truths_however_often() -> None:
    fact = Fact(kind=TruthKind.LOST_STATUS, what="The grantee wrote that it is revoked", since=SINCE, party=PAYEE)
    more = {"partnership_id": "P-2026-0042", "teller": "pia.berg", "source": "an amendment", "at": NOON}
    drawn = truths_from([fact, fact.model_copy(update={"what": "It moved away"})], **more)
    assert drawn == truths_from([fact, fact.model_copy(update={"what": "It moved away"})], **more)
    assert len({one.words.of for one in drawn}) == 2
    assert (drawn[0].words.names, drawn[0].words.ein) == ((PAYEE.name,), "001000001")
    (first, _) = fold_truths((one, Directory()) for one in drawn)
    assert (first.teller, first.waits()) == ("pia.berg", True)


def test_a_fact_of_a_person_is_about_that_person() -> None:
    person = party("Jane Roe", kind=PartyKind.INDIVIDUAL, ein=None)
    fact = Fact(kind=TruthKind.SANCTIONS, what="She is listed", since=SINCE, party=person)
    (drawn,) = truths_from([fact], partnership_id="P-2026-0042", teller="pia.berg", source="", at=NOON)
    assert (drawn.words.person, drawn.words.subject) == ("Jane Roe", f"Jane Roe, truth {drawn.words.of}")
