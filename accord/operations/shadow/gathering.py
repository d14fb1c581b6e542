"""Ask the registers about payees of another system, each as of the day on which it was approved or paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Final, NamedTuple

from domain.directory.directory import Directory
from domain.directory.tiers import list_rule_of, watched_in
from domain.parties import Party
from domain.policy.findings import Assessment
from domain.policy.payee_alone import on_payee_alone, question_about
from domain.policy.rulebook import RULE_BOOK, assess
from domain.proposal import Funding
from domain.screening.conversion import Conversion
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import StatusEvidence
from domain.shadow.judgement import ShadowBooks, ShadowJudgement, unknown
from domain.shadow.payees import Assessments, PayeeQuestion, questions_of
from registers import Connection
from registers.history import RegisterAsOf
from registers.lookup import status_of
from registers.rates import rates_on
from registers.screening.lists import screen

_END_OF_DAY: Final = time(23, 59, 59, tzinfo=UTC)


class PayeeFindings(NamedTuple):
    """The assessment of each question, and every version of a register that was asked."""

    assessments: Assessments
    registers: tuple[RegisterVersion, ...]


async def findings_on_payees(
    connection: Connection, directory: Directory, books: ShadowBooks, since: date | None
) -> PayeeFindings:
    """Return what the rules say of each payee on its day. Without a register of it, nobody can say anything."""
    questions = questions_of(books, since)
    verifications: dict[PayeeQuestion, Verification] = {}
    for day, members in groupby(questions, key=lambda question: question.day):
        verifications |= await _on_day(connection, directory, books, day, list(members))
    assessments = {question: _assessed(directory, books, question, verifications[question]) for question in questions}
    return PayeeFindings(assessments, _asked(verifications.values()))


def _asked(verifications: Iterable[Verification]) -> tuple[RegisterVersion, ...]:
    """Return the versions that were asked, each once, as of the last day on which it was asked."""
    evidences = (evidence for verification in verifications for evidence in verification.everything)
    newest = {version.version: version for evidence in evidences for version in evidence.asked}
    return tuple(sorted(newest.values(), key=lambda version: (version.register_name, version.version)))


async def conversions_on(connection: Connection, directory: Directory, days: Sequence[date]) -> dict[date, Conversion]:
    """Return the reference rates of each day, if the organisation has a base currency."""
    base = directory.rules.base if directory.rules is not None else None
    if base is None:
        return {}
    return {
        day: Conversion(base=base.currency, rates=await rates_on(connection, day, base.days, RegisterAsOf(true_on=day)))
        for day in days
    }


async def _on_day(
    connection: Connection, directory: Directory, books: ShadowBooks, day: date, questions: Sequence[PayeeQuestion]
) -> dict[PayeeQuestion, Verification]:
    """Return the evidence on the payees of a day, in the versions that were true of it."""
    parties = {question.organization: party_of(books, question) for question in questions}
    rules, as_of, moment = directory.rules, RegisterAsOf(true_on=day), datetime.combine(day, _END_OF_DAY)
    lists = list_rule_of(rules).lists
    evidence = await screen(connection, list(parties.values()), as_of, threshold=RULE_BOOK.near_from, lists=lists)
    binding = {"binding": tuple(map(str, rules.lists)), "list_days": rules.list_days} if rules is not None else {}
    screening = evidence.model_copy(update={"asked_at": moment, **binding})
    statuses = {key: await _status(connection, party, as_of, moment) for key, party in parties.items()}
    return {
        question: Verification(
            screening=_of_party(screening, parties[question.organization]),
            status=statuses[question.organization],
            watched=watched_in(rules, {parties[question.organization].country}, day),
        )
        for question in questions
    }


async def _status(connection: Connection, party: Party, as_of: RegisterAsOf, moment: datetime) -> StatusEvidence | None:
    evidence = await status_of(connection, party, as_of)
    return evidence.model_copy(update={"asked_at": moment}) if evidence is not None else None


def _of_party(screening: ScreeningEvidence, party: Party) -> ScreeningEvidence:
    """Return the screening of a day as far as it is about one party."""
    matches = tuple(match for match in screening.matches if match.party == party.name)
    return screening.model_copy(update={"parties": (party.name,), "matches": matches})


def party_of(books: ShadowBooks, question: PayeeQuestion) -> Party:
    """Return the party that a question is about."""
    party = books.export.organization_by_key[question.organization].party
    if party is None:
        raise ValueError(f"{question.organization} has no name or country, and nobody can be asked about it")
    return party


def _assessed(
    directory: Directory, books: ShadowBooks, question: PayeeQuestion, verification: Verification
) -> Assessment | ShadowJudgement:
    funder = directory.funder(question.funder)
    if funder is None:
        return unknown(f"the funder {question.funder}, which the directory does not hold")
    if not any(evidence.asked for evidence in verification.everything):
        return unknown(f"the registers of {question.day}, of which none was loaded here")
    funding = Funding(funders=(funder,), others=directory.funders_beside([question.funder]))
    return on_payee_alone(assess(question_about(party_of(books, question), question.funder), funding, verification))
