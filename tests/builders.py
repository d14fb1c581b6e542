"""Short ways to say what a test is about: proposals, people, evidence. All invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from domain import commands as c
from domain.evidence import (
    MasterFileEntry,
    Publication78Entry,
    RegisterVersion,
    RevocationEntry,
    ScreeningEvidence,
    Source,
    StatusEvidence,
    Verification,
)
from domain.parties import AccountReference, Funder, FunderProfile, Party, PartyKind
from domain.people import Role, StaffMember
from domain.proposal import Funding, Proposal

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ACCOUNT = AccountReference(reference="BA-ABCDEFGHIJKL", sha256="ab" * 32)
DIGEST = "cd" * 32

CHARITY = FunderProfile.PUBLIC_CHARITY
SUPPORTING = FunderProfile.SUPPORTING_ORG
PRIVATE = FunderProfile.PRIVATE_FOUNDATION

STAFF = {
    "pia.berg": Role.PROPOSER,
    "vera.lind": Role.VERIFIER,
    "ana.silva": Role.PROGRAMME_APPROVER,
    "femi.ade": Role.FINANCE_APPROVER,
    "dora.kim": Role.DIRECTOR,
    "paul.nkosi": Role.PAYER,
    "otto.audit": Role.AUDITOR,
}


def number(name: str) -> UUID:
    """A UUID that a test can name."""
    return uuid5(UUID(int=0), name)


def money(amount: str = "1000.00", currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def party(name: str = "Riverbend Library Network", **more: Any) -> Party:
    return Party.model_validate(
        {"name": name, "kind": PartyKind.NONPROFIT, "country": "US", "ein": "001000001", **more}
    )


def funds_out(*amounts: str, payee: Party | None = None, **more: Any) -> dict[str, Any]:
    tranches = [{"number": n, "money": money(a)} for n, a in enumerate(amounts or ("1000.00",), start=1)]
    return {"funder": "ISOC", "payee": payee or party(), "purpose": "Training", "tranches": tranches, **more}


def funds_in(amount: str = "5000.00", **more: Any) -> dict[str, Any]:
    donor = party("Northern Light Telecom Ltd", kind=PartyKind.PRIVATE_COMPANY, country="CA", ein=None)
    return {"funder": "ISOC", "donor": donor, "money": money(amount), **more}


def proposal(reference: str = "P-2026-0042", **more: Any) -> Proposal:
    legs = {"funds_out", "funds_in", "non_monetary"}
    content: dict[str, Any] = {
        "reference": reference,
        "title": "Digital skills for river libraries",
        "partner": party(),
        "public_interest": {
            "mission_objective": "Bring people online",
            "community_served": "Readers of eleven villages on the Lower River",
            "statement": "Open courses at no charge",
        },
        **more,
    }
    if legs.isdisjoint(content):
        content["funds_out"] = funds_out()
    return Proposal.model_validate(content)


def funder(profile: FunderProfile = CHARITY, funder_id: str = "ISOC") -> Funder:
    return Funder(funder_id=funder_id, name="Internet Society", profile=profile, account="BA-W7SW7OMSGC5X")


def funding(profile: FunderProfile = CHARITY) -> Funding:
    return Funding(funders=(funder(profile),))


def member(staff_id: str, *roles: Role) -> StaffMember:
    return StaffMember(staff_id=staff_id, name=staff_id.title(), roles=roles or (STAFF[staff_id],))


def authority(staff_id: str, *roles: Role, profile: FunderProfile = CHARITY) -> c.Authority:
    return c.Authority(member=member(staff_id, *roles), funding=funding(profile))


def version(register: str = "irs-bmf") -> RegisterVersion:
    return RegisterVersion(register_name=register, version=1, sha256="ef" * 32, source_date=date(2026, 11, 1))


def source(register: str = "irs-bmf") -> Source:
    return Source(register_version=version(register), file="sample", line=2, row="as published")


def master_file(**more: Any) -> MasterFileEntry:
    content = {
        "name": "RIVERBEND LIBRARY NETWORK",
        "state": "KS",
        "subsection": "03",
        "foundation": "15",
        "deductibility": "1",
        "status": "01",
        "affiliation": "3",
        "group_number": "0000",
        "source": source(),
    }
    return MasterFileEntry.model_validate({**content, **more})


def publication_78(*codes: str) -> Publication78Entry:
    return Publication78Entry(name="Riverbend Library Network", codes=codes or ("PC",), source=source("irs-pub78"))


def revocation(effective: str, posted: str, reinstated: str | None = None) -> RevocationEntry:
    return RevocationEntry(
        name="RIVERBEND",
        effective_on=date.fromisoformat(effective),
        posted_on=date.fromisoformat(posted),
        reinstated_on=date.fromisoformat(reinstated) if reinstated else None,
        source=source("irs-revocation"),
    )


def status(**more: Any) -> StatusEvidence:
    content = {
        "ein": "001000001",
        "asked": (version(),),
        "asked_at": NOON,
        "master_file": master_file(),
        "name_agreement": 100.0,
    }
    return StatusEvidence.model_validate({**content, **more})


def screening(*matches: Any) -> ScreeningEvidence:
    return ScreeningEvidence(
        parties=("Riverbend Library Network",), asked=(version("ofac-sdn"),), asked_at=NOON, matches=matches
    )


def verification(found: StatusEvidence | None = None, screened: ScreeningEvidence | None = None) -> Verification:
    return Verification(screening=screened or screening(), status=found)
