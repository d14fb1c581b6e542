"""A refusal by role names people by name, the act in words and the roles by their titles."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.codes import in_plain_words
from accord.presentation.words.proposal.remedies import ACTS, roles_said
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import Directory, role_fault
from domain.directory.people import StaffMember
from domain.directory.tiers import Role
from domain.partnership.procedure import PROCEDURE
from domain.payment.counter import CounterAct

TODAY = datetime.now(UTC).date()
DIRECTORY = Directory(staff=(StaffMember(staff_id="pia.berg", name="Pia Berg", roles=(Role.PROPOSER,)),))


def told(act: str, *roles: Role, actor: str = "pia.berg", on: date = TODAY) -> str:
    """What a page says to somebody whose roles do not let them."""
    fault = role_fault(DIRECTORY, actor, act, roles, on)
    assert fault is not None
    return refusal_in_words(fault, NamesInWords(DIRECTORY))


def acts_of(kind: type[CounterAct]) -> set[str]:
    """The names of all acts of the counter's kinds, with spaces."""
    names = {str(kind.act).replace("_", " ")} if "act" in vars(kind) else set()
    return names.union(*(acts_of(one) for one in kind.__subclasses__()))


def test_a_person_is_told_what_they_may_not_and_who_must() -> None:
    assert told("answer truth", Role.VERIFIER) == "Pia Berg may not answer what was told: a verifier must"


@pytest.mark.parametrize(
    ("roles", "who"),
    [
        ((Role.PAYER, Role.FINANCE_APPROVER), "a finance approver or a payer must"),
        ((Role.DIRECTOR, Role.AUDITOR), "an auditor or a director must"),
        ((Role.COUNSEL,), "counsel must"),
    ],
)
def test_every_role_is_told_by_its_title(roles: tuple[Role, ...], who: str) -> None:
    assert told("hand over", *roles).endswith(f"hand a payment file over: {who}")


def test_every_act_that_a_role_may_refuse_has_its_words() -> None:
    """Given the acts of the organisation and of partnerships, then each has words to follow "may not"."""
    verbs = {str(command.model_fields["kind"].default).replace("_", " ") for command in PROCEDURE}
    assert acts_of(CounterAct) | verbs <= set(ACTS)
    assert not [words for words in ACTS.values() if "_" in words]


def test_what_is_no_refusal_by_role_stays_as_it_is() -> None:
    text = "pia.berg may not approve for dora.kim, who may not act in this partnership themselves"
    assert roles_said(text) == text


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("EIN 00-1000001 is listed", "US tax number 00-1000001 is listed"),
        ("a mistyped EIN", "a mistyped US tax number"),
        ("Name an EIN", "Name a US tax number"),
        ("the code US-EIN", "the code US-EIN"),
    ],
)
def test_a_us_tax_number_has_one_name_on_pages(written: str, words: str) -> None:
    assert in_plain_words(written) == words
