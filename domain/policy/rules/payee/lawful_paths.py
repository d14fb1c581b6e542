"""The path of a payee from edition 2026.5 on: what it asks holds, whatever is asked beside it (rules 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.parties import FunderProfile, Party, PartyKind
from domain.policy.codes import RecipientClass
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Outcome
from domain.policy.proofs.determinations import faults_of, last_day_of, unnamed_in
from domain.policy.proofs.group_letters import LETTERS_COMPLY, letter_is_due
from domain.policy.rule import Verdict
from domain.policy.rules.payee.alternatives import lawful_options
from domain.policy.rules.payee.paths import EXERCISE_RESPONSIBILITY, GROUP_LETTERS, PATHS_THAT_HOLD, Path
from domain.policy.rules.payee.payees import INSIDERS, group_verdict
from domain.policy.rules.payee.payees import _described as described
from domain.policy.rules.payee.payees import _is_foreign_by_its_own_word as is_foreign_by_its_own_word
from domain.policy.rules.payee.payees import _is_proved as is_proved
from domain.policy.rules.payee.payees import _what_would_prove_it as what_would_prove_it
from domain.policy.rules.payee.proofs import proved_class

SUPPORTING_ORGANIZATIONS: Final = frozenset(
    {
        RecipientClass.US_SUPPORTING_ORG,
        RecipientClass.US_SUPPORTING_ORG_NOT_INTEGRATED,
        RecipientClass.US_SUPPORTING_ORG_TYPE_UNKNOWN,
    }
)

_CONTROLLED: Final = "a disqualified person of the funder controls it; judge whether they profit"


def path_holds(facts: Facts) -> Verdict | None:
    """A funder may pay a recipient of the class that is proved as the table says; what it asks stays (table 2.4)."""
    if facts.funds_out is None:
        return None
    recipient = proved_class(facts)
    path = path_of(facts, recipient)
    controlled = facts.funds_out.controlled_by_insider is True and path.outcome is not Outcome.FAIL
    judged_as = RecipientClass.FOREIGN_NONPROFIT if is_foreign_by_its_own_word(facts) else recipient
    options = () if path.lawful and not controlled else lawful_options(judged_as, facts.funder.profile)
    left = () if path.outcome is Outcome.FAIL else tuple(_left(facts, recipient, path))
    said = tuple(_said(facts, recipient, path, options, controlled=controlled))
    asked = controlled or path.outcome is Outcome.REFER
    light = Outcome.CONDITION if left else Outcome.PASS
    outcome = Outcome.REFER if asked else light if path.lawful else path.outcome
    basis = INSIDERS if controlled and path.lawful else path.basis
    about = said if len(said) > 1 else ()
    return Verdict(outcome, "; ".join(said), described(facts.funds_out.payee.papers), left, options, basis, about)


def path_by_codes(facts: Facts) -> Verdict | None:
    """A funder may pay a recipient of the class that is proved as the table says; what it asks stays (table 2.4)."""
    return path_holds(facts)


def path_of(facts: Facts, recipient: RecipientClass) -> Path:
    """Return the cell of the table. A paper left out is never better than the paper (rules 3.13)."""
    path = PATHS_THAT_HOLD[recipient][facts.funder.profile]
    if recipient is RecipientClass.UNKNOWN and is_foreign_by_its_own_word(facts):
        foreign_path = PATHS_THAT_HOLD[RecipientClass.FOREIGN_NONPROFIT][facts.funder.profile]
        return path if foreign_path.lawful else foreign_path
    return path


def _said(
    facts: Facts, recipient: RecipientClass, path: Path, options: tuple[str, ...], *, controlled: bool
) -> Iterator[str]:
    """Yield the words on the path, and the question that an insider's control adds: each is cleared by itself."""
    proof = what_would_prove_it(facts, recipient)
    cheapest = f"; cheapest lawful path: {options[0]}" if options else ""
    if not (controlled and path.lawful):
        yield f"{recipient.value}: {path.reason}{proof}{cheapest}"
    if controlled:
        yield f"{recipient.value}: {_CONTROLLED}{proof}{cheapest}"


def _left(facts: Facts, recipient: RecipientClass, path: Path) -> Iterator[ConditionId]:
    """Yield the conditions of the path that no paper on file answers, each once."""
    out = facts.funds_out
    conditions = list(path.conditions)
    if recipient is RecipientClass.UNKNOWN and out is not None and (declared_class := claimed_class(out.payee)):
        conditions += PATHS_THAT_HOLD[declared_class][facts.funder.profile].conditions
    if out is not None and out.controlled_by_insider and recipient in SUPPORTING_ORGANIZATIONS:
        conditions += EXERCISE_RESPONSIBILITY if facts.funder.profile is FunderProfile.PRIVATE_FOUNDATION else ()
    yield from (condition for condition in dict.fromkeys(conditions) if not is_proved(facts, condition))


def claimed_class(payee: Party) -> RecipientClass | None:
    """Return the class that a payee claims and nothing proves, where the table asks something of that class alone."""
    foreign = payee.country != "US"
    match payee.kind:
        case PartyKind.GOVERNMENT:
            return RecipientClass.FOREIGN_GOVERNMENT if foreign else RecipientClass.US_GOVERNMENT
        case PartyKind.ACADEMIC if payee.governmental:
            return RecipientClass.FOREIGN_GOVERNMENT if foreign else RecipientClass.US_PUBLIC_UNIVERSITY
        case PartyKind.INTERNATIONAL_ORGANIZATION:
            return RecipientClass.INTERNATIONAL_ORGANIZATION
        case _:
            return RecipientClass.FOREIGN_NONPROFIT if foreign else None


def determination_is_sound(facts: Facts) -> Verdict | None:
    """An equivalency determination counts as the law has it, and names who gave it; else it is nothing (R24)."""
    given = facts.funds_out.equivalency if facts.funds_out else None
    if given is None or facts.funds_out is None or facts.funds_out.payee.country == "US":
        return None
    if given.blocked_check is False:
        return Verdict(Outcome.FAIL, "the determination does not exclude that a blocked person is involved (s. 5.09)")
    faults = faults_of(given, facts.funder.funder_id, facts.as_of)
    found = f"does not count: {'; '.join(faults)}" if faults else f"is current until {last_day_of(given)}"
    if unnamed := unnamed_in(given):
        reason = f"the equivalency determination {found}; it does not name {'; '.join(unnamed)}"
        without = PATHS_THAT_HOLD[RecipientClass.FOREIGN_NONPROFIT][facts.funder.profile].conditions
        about = tuple(f"the determination of {given.issued_on} does not name {one}" for one in unnamed)
        return Verdict(Outcome.REFER, reason, conditions=without, about=about)
    return Verdict(Outcome.PASS, f"the equivalency determination {found}")


def central_holds(facts: Facts) -> Verdict | None:
    """A subordinate relies on its central organisation; cleared without it, it is a body that nothing proves (C14)."""
    if facts.funds_out is None or proved_class(facts) is not RecipientClass.US_GROUP_SUBORDINATE:
        return None
    verdict = group_verdict(facts.funds_out.payee, facts.status, facts.central, facts.as_of)
    if verdict.outcome is Outcome.PASS and letter_is_due(facts.funds_out.payee, facts.as_of):
        reason = f"{verdict.reason}; from {LETTERS_COMPLY} on, a letter of that day or later is asked for"
        return Verdict(
            Outcome.CONDITION, reason, verdict.evidence, (ConditionId.GROUP_LETTER_RENEWED,), basis=GROUP_LETTERS
        )
    if verdict.outcome is not Outcome.REFER:
        return verdict._replace(basis=GROUP_LETTERS)
    return verdict._replace(conditions=PATHS_THAT_HOLD[RecipientClass.UNKNOWN][facts.funder.profile].conditions)
