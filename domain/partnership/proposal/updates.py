"""News of a party: an update, a new legal name, or the fact that it is another party (R34, rules 4.4)."""

from __future__ import annotations

from typing import Final

from domain.parties import DocumentKind, Party
from domain.partnership.proposal.typos import same_but_for_typos
from domain.proposal import Proposal
from domain.screening.tax_status import StatusEvidence

NUMBER_ASKED: Final = "PAYEE-NUMBER: "
NAME_ASKED: Final = "PAYEE-NAME: "
"""The beginning of the question of a number that stood nowhere before, and that of a new legal name."""


def is_same_body(before: Party, after: Party) -> bool:
    """True if an amendment speaks of the body that stood: its numbers stand, and so does a name that it bore."""
    numbers = before.ein in {None, after.ein} and set(before.numbers) <= set(after.numbers)
    return (
        before.country == after.country
        and numbers
        and any(same_but_for_typos(before.name, new_name) for new_name in after.names)
    )


def is_called_the_same(before: Party, after: Party) -> bool:
    """True if the legal name stands, apart from a typo. Another body bears its own."""
    return same_but_for_typos(before.name, after.name) or not is_same_body(before, after)


def is_of_one_kind(before: Party, after: Party) -> bool:
    """True if what it is said to be stands: its kind, its part in a government, and its group."""
    stands = (before.kind, before.governmental, before.central) == (after.kind, after.governmental, after.central)
    return stands or not is_same_body(before, after)


def is_told_alike(before: Party, after: Party) -> bool:
    """True if nothing else is told of it: who stands behind it, its papers, address, further names, numbers."""
    more = {name: getattr(after, name) for name in ("name", "kind", "governmental", "central")}
    return before.model_copy(update=more) == after or not is_same_body(before, after)


def is_one_body(party: Party, other_party: Party) -> bool:
    """True if two descriptions are of one body, whichever is the older."""
    return is_same_body(party, other_party) and is_same_body(other_party, party)


def names_lost(before: Proposal, after: Proposal) -> tuple[str, ...]:
    """Return the names of a payee that an amendment leaves out."""
    if before.funds_out is None or after.funds_out is None:
        return ()
    new_names = after.funds_out.payee.names
    return tuple(
        name
        for name in before.funds_out.payee.names
        if not any(same_but_for_typos(name, new_name) for new_name in new_names)
    )


def new_papers(before: Proposal, after: Proposal) -> bool:
    """True if an amendment names a paper on a party that nobody read for this partnership."""
    return not _papers(after) <= _papers(before)


def _papers(proposal: Proposal) -> set[tuple[DocumentKind, str]]:
    return {(paper.kind, paper.sha256) for party in proposal.organizations for paper in party.papers}


def updates_to_check(base: Party, now: Party, evidence: StatusEvidence | None) -> tuple[str, ...]:
    """Return a verifier's checks of a payee that was told anew: numbers that stood nowhere, and a new legal name.

    `base`: the payee as due diligence began with it. `evidence`: the registers' newest word. Where they confirm the new
    name for the number that stood, nothing is asked of it.
    """
    if base is now:
        return ()
    numbers = [f"EIN {now.ein}"] if base.ein is None and now.ein is not None else []
    numbers += [
        f"{party_number.scheme} {party_number.number}"
        for party_number in now.numbers
        if party_number not in base.numbers
    ]
    questions = [f"{NUMBER_ASKED}{number} is said to be {now.name}'s" for number in numbers]
    in_register = base.ein is not None and _is_registered(now.name, evidence)
    has_new_name = not is_called_the_same(base, now) and not in_register
    return (*questions, *([f"{NAME_ASKED}{base.name} is said to be called {now.name}"] if has_new_name else []))


def _is_registered(name: str, evidence: StatusEvidence | None) -> bool:
    """True if the registers confirm a new name: from edition 2026.6 on by its place and its other bearers too."""
    compared = (evidence.identity or evidence.names) if evidence is not None else ()
    return any(comparison.confirms and not comparison.further and comparison.given == name for comparison in compared)


def as_checked(base: Party, now: Party, cleared_questions: frozenset[str], evidence: StatusEvidence | None) -> Party:
    """Return a payee without what nobody has checked yet: that is no number and no legal name of it."""
    open_still = set(updates_to_check(base, now, evidence)) - cleared_questions
    unchecked_numbers = {
        question.removeprefix(NUMBER_ASKED).removesuffix(f" is said to be {now.name}'s") for question in open_still
    }
    return now.model_copy(
        update={
            "name": base.name if any(question.startswith(NAME_ASKED) for question in open_still) else now.name,
            "ein": None if f"EIN {now.ein}" in unchecked_numbers else now.ein,
            "numbers": tuple(
                party_number
                for party_number in now.numbers
                if f"{party_number.scheme} {party_number.number}" not in unchecked_numbers
            ),
        }
    )
