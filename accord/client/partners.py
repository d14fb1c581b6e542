"""Partners and judgements, read from the ledger: what is known already is used again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput
from accord.presentation.input_files import model_of, parse_file
from domain.partnership.diligence.judgements import Judgement, judged_before, judgements
from domain.partnership.partners import PartnerRecord, find_partner, key_of, partners
from domain.partnership.state import Partnership
from domain.policy.findings import Outcome
from domain.proposal import Proposal

NAMED: Final = (("partner",), ("funds_out", "payee"), ("funds_in", "donor"))
"""The places in a proposal's file where a party may be named in words, in place of a table."""


def partner_of(records: tuple[PartnerRecord, ...], name: str, place: str) -> PartnerRecord:
    """Return the partner's record that `name`, a name or an EIN, means. `place`: where it was given, for the message.

    Raises:
        BadInput: There is none, or more than one.
    """
    match find_partner(records, name):
        case (partner,):
            return partner
        case ():
            raise BadInput(f"{place}: no partner is known as {name!r}; `accord partners` lists those there are")
        case many:
            names = "; ".join(record.key for record in many)
            raise BadInput(f"{place}: {len(many)} partners are known as {name!r}; name one: {names}")


def read_proposal(path: Path, portfolio: list[Partnership]) -> Proposal:
    """Return the proposal in a file. A party that it names in words is as its record has it.

    Raises:
        BadInput: The file has wrong fields, or names a party that nobody knows.
    """
    content = parse_file(path)
    records = partners(portfolio) if any(_named(content, place) for place in NAMED) else ()
    for place in NAMED:
        if name := _named(content, place):
            party = partner_of(records, name, f"{path.name}: {'.'.join(place)}").party
            _table(content, place)[place[-1]] = party.model_dump(mode="json", exclude_none=True)
    return model_of(path, content, Proposal)


def names_a_partner(path: Path) -> bool:
    """True if a proposal's file names a party in words."""
    content = parse_file(path)
    return any(_named(content, place) for place in NAMED)


async def earlier_judgements(
    desk: LedgerAccess, partnership: Partnership, portfolio: list[Partnership]
) -> tuple[Judgement, ...]:
    """Return verifiers' earlier judgements, in partnerships with a party of this one, on the questions of now."""
    findings = partnership.assessment.with_outcome(Outcome.REFER) if partnership.assessment is not None else ()
    questions = [*(key for finding in findings for key in finding.keys if not partnership.verifier), *partnership.asked]
    own_keys = {key_of(party) for party in partnership.proposed.organizations}
    partnerships = (
        candidate
        for candidate in portfolio
        if candidate.partnership_id != partnership.partnership_id and candidate.proposal is not None
    )
    shared = (
        partnership
        for partnership in partnerships
        if own_keys & {key_of(party) for party in partnership.proposed.organizations}
    )
    past_judgements: list[Judgement] = []
    for other_partnership in shared if questions else ():
        past_judgements += judgements(
            other_partnership.partnership_id,
            [item.event for item in await desk.history(other_partnership.partnership_id)],
        )
    return judged_before(questions, past_judgements)


def _table(content: Any, place: tuple[str, ...]) -> Any:
    for name in place[:-1]:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _named(content: Any, place: tuple[str, ...]) -> str:
    table = _table(content, place)
    words = table.get(place[-1]) if isinstance(table, dict) else None
    return words if isinstance(words, str) else ""
