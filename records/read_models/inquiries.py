"""Inquiries: all that a run of re-screening asks about a partnership, so short that it stands beside its document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from pydantic import TypeAdapter

from domain.directory.watched import WatchedCountry
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.screened import countries_in, looked_up, unscreened
from domain.screening.tax_status import StatusEvidence
from domain.screening.truths import KnownTruth
from domain.truths.touching import NamesInProposal, names_in
from ledger.projections import Document
from records.read_models.facts import OpenPartnership
from registers.bearers import RuledBody, ruled_body
from registers.matching import Subject
from registers.screening.lists import subjects_of


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The keys, names and days of an open and verified partnership that a change of a register may touch."""

    lists: dict[str, int]
    """The version of each list that its parties were screened against, by the list's name."""
    statuses: tuple[tuple[str, dict[str, int]], ...]
    """Each EIN that was looked up, with the version of each register that was asked."""
    entities: tuple[tuple[str, str, int], ...]
    """Each listed entity that a party matches, by list and version."""
    ages: tuple[tuple[str, date, date], ...]
    """Each register that was asked, with the day up to which its version was current, and the day of the question."""
    edition: str
    """The newest edition of the rule book under which it was assessed or looked at, empty before."""
    lacks_a_name: bool
    """True if somebody is to be screened whom its screening left out."""
    subjects: tuple[Subject, ...]
    """Every name that is screened."""
    names: NamesInProposal
    """Whomever a truth may be about."""
    truths: tuple[KnownTruth, ...]
    """The truths that its newest look knew."""
    bodies: tuple[RuledBody, ...]
    """Each body whose name was compared with those of other numbers, and whether it confirmed its own."""
    countries: tuple[str, ...]
    """Every country that it gives, sorted."""
    watched: tuple[WatchedCountry, ...]
    """The rows of the organisation's table of the FATF's lists that its newest look knew."""

    def rests_on(self, register: str, version: int) -> bool:
        """True if whatever was asked of a register was asked of this version of it."""
        asked_of_status = (versions[register] for _, versions in self.statuses if register in versions)
        asked_of_list = (self.lists[register],) if register in self.lists else ()
        return all(asked == version for asked in (*asked_of_status, *asked_of_list))


_INQUIRY: Final[TypeAdapter[Inquiry]] = TypeAdapter(Inquiry)


def inquiry_of(case: OpenPartnership) -> Inquiry:
    """Return what is asked about an open and verified partnership.

    Raises:
        ValueError: It is not open, or was not verified.
    """
    proposal, verification, parties = case.now, case.verification, case.parties
    if proposal is None or verification is None:
        raise ValueError("what was not proposed and verified is not asked about")
    screening = verification.screening
    return Inquiry(
        lists=case.lists,
        statuses=tuple((status.ein, versions_of(status)) for status in case.exempt_status_evidence),
        entities=tuple(
            (source.register_name, match.entity, source.version)
            for match in screening.matches
            for source in (match.source.register_version,)
        ),
        ages=_ages(case),
        edition=case.under,
        lacks_a_name=unscreened(parties, screening.parties) is not None,
        subjects=tuple(dict.fromkeys(subject for party in parties for subject in subjects_of(party))),
        names=names_in(proposal),
        truths=verification.truths,
        bodies=_bodies(proposal, verification),
        countries=tuple(sorted(countries_in(proposal))),
        watched=verification.watched,
    )


def document_of(inquiry: Inquiry) -> Document:
    """Return an inquiry as it is stored."""
    content: Document = _INQUIRY.dump_python(inquiry, mode="json")
    return content


def read_inquiry(text: str) -> Inquiry:
    """Return the inquiry in stored text."""
    return _INQUIRY.validate_json(text)


def versions_of(evidence: ScreeningEvidence | StatusEvidence) -> dict[str, int]:
    """Return the version of each register that was asked, by the register's name."""
    return {version.register_name: version.version for version in evidence.asked}


def _bodies(proposal: Proposal, verification: Verification) -> tuple[RuledBody, ...]:
    bodies = (ruled_body(party, status) for party, status in looked_up(proposal, verification))
    return tuple(body for body in bodies if body is not None)


def _ages(case: OpenPartnership) -> tuple[tuple[str, date, date], ...]:
    days = (
        (version.register_name, version.current_on, evidence.asked_at.date())
        for evidence in case.evidence
        for version in evidence.asked
    )
    return tuple(sorted(set(days)))
