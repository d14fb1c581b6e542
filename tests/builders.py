"""Short ways to say what a test is about: proposals, people, evidence. All invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from domain.directory.directory import Capacity
from domain.directory.people import StaffMember
from domain.directory.tiers import HouseRules, Role
from domain.parties import AccountReference, Funder, FunderProfile, Party, PartyKind, Principal, PrincipalRole
from domain.partnership.circumstances import Authority
from domain.payment.account import AccountStanding
from domain.proposal import Funding, Proposal
from domain.screening.evidence import Verification
from domain.screening.gifts import GiftEvidence
from domain.screening.matches import MatchKind, SanctionsMatch, ScreeningEvidence
from domain.screening.sources import RegisterVersion, Source
from domain.screening.tax_status import (
    MasterFileEntry,
    NameEvidence,
    Publication78Entry,
    RevocationEntry,
    StatusEvidence,
)

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ACCOUNT = AccountReference(reference="BA-ABCDEFGHIJKL", sha256="ab" * 32)
DIGEST = "cd" * 32

CHARITY = FunderProfile.PUBLIC_CHARITY
SUPPORTING = FunderProfile.SUPPORTING_ORG
PRIVATE = FunderProfile.PRIVATE_FOUNDATION

STANDING = AccountStanding(
    account=ACCOUNT, recorded_by="vera.lind", confirmed_by="noor.haddad", confirmed_at=NOON
)  # fmt: skip
HOUSE_RULES = HouseRules.model_validate(
    {
        "tiers": [
            {"currency": currency, "up_to": up_to, "quorum": quorum}
            for currency in ("USD", "EUR", "JPY", "BHD", "KES")
            for up_to, quorum in (
                ("100000", ["PROGRAMME_APPROVER", "FINANCE_APPROVER"]),
                (None, ["PROGRAMME_APPROVER", "FINANCE_APPROVER", "DIRECTOR"]),
            )
        ]
    }
)

STAFF = {
    "pia.berg": Role.PROPOSER,
    "vera.lind": Role.VERIFIER,
    "ana.silva": Role.PROGRAMME_APPROVER,
    "femi.ade": Role.FINANCE_APPROVER,
    "dora.kim": Role.DIRECTOR,
    "paul.nkosi": Role.PAYER,
    "otto.audit": Role.AUDITOR,
}


@cache
def number(name: str) -> UUID:
    """A UUID that a test can name."""
    return uuid5(UUID(int=0), name)


def money(amount: str = "1000.00", currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def moment(day: str | date) -> datetime:
    """Noon of a day."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(on.year, on.month, on.day, 12, 0, tzinfo=UTC)


def party(name: str = "Riverbend Library Network", **more: Any) -> Party:
    """A party. Each document that it declares is on file and was read, and a foreign one is registered there."""
    content: dict[str, Any] = {"kind": PartyKind.NONPROFIT, "country": "US", "ein": "001000001", **more}
    proofs = [one["kind"] for one in content.get("documents", ()) if isinstance(one, dict)]
    abroad_too = ["REGISTRATION"] if content["country"] != "US" and content["kind"] in _REGISTERED else []
    papers = {"papers": [paper(kind, country=content["country"]) for kind in (*proofs, *abroad_too)]}
    return Party.model_validate({"name": name, **papers, **content})


_REGISTERED = frozenset({"NONPROFIT", "CHURCH", "ACADEMIC"})


CHARITY_REGISTERS = {"GB": "GB-CHC", "UG": "UG-NGO", "CA": "CA-CRA_ACR", "KE": "KE-NCB"}


def paper(kind: str, *, country: str = "KE", **more: Any) -> dict[str, Any]:
    """A paper that proves something, on file and read by a verifier. An extract is of a charities' register."""
    scheme = CHARITY_REGISTERS.get(country, f"{country}-NGO")
    of_register = {"number": {"scheme": scheme, "number": "218-2019"}} if kind == "REGISTRATION" else {}
    return {
        "kind": kind,
        "dated": "2026-03-01",
        "sha256": DIGEST,
        "kept_by": "Records office",
        "read_by": "vera.lind",
        **of_register,
        **more,
    }


def funds_out(*amounts: str, payee: Party | None = None, **more: Any) -> dict[str, Any]:
    """Money out. The questions of edition 2026.5 are answered well, unless a test says otherwise."""
    tranches = [{"number": n, "money": money(a)} for n, a in enumerate(amounts or ("1000.00",), start=1)]
    answered: dict[str, Any] = {} if more.get("benefit") else {"no_private_benefit": "OPEN_TO_ALL"}
    answered = {**answered, "controlled_by_insider": False, "uses": ["PROGRAMME"]}
    content = {"funder": "ISOC", "payee": payee or party(), "purpose": "Training", "tranches": tranches}
    return {**content, **answered, **more}


COMMUNITY = {"kind": "LIBRARY_USERS", "places": [{"country": "US"}], "number": 1200}


def funds_in(amount: str = "5000.00", **more: Any) -> dict[str, Any]:
    donor = party("Northern Light Telecom Ltd", kind=PartyKind.PRIVATE_COMPANY, country="CA", ein=None)
    answered = dict.fromkeys(("influences_priorities", "advertising", "contingent"), False)
    answered |= {"names_receiver": "conduit_to" in more, "gets_in_return": "benefit" in more}
    return {"funder": "ISOC", "donor": donor, "money": money(amount), **answered, **more}


def public_interest(**more: Any) -> dict[str, Any]:
    return {
        "mission_objective": "Bring people online",
        "community_served": "Readers of eleven villages on the Lower River",
        "statement": "Open courses at no charge",
        "objective": "CONNECT",
        "community": COMMUNITY,
        **more,
    }


def measured() -> dict[str, Any]:
    """A proposal's public interest with one indicator."""
    indicators = [{"number": 1, "what": "Teachers who were trained", "unit": "people", "target": "240"}]
    return {"public_interest": public_interest(indicators=indicators)}


BEHIND: tuple[dict[str, Any], ...] = tuple(
    {"name": "Ines Marek", "role": role, "kind": "INDIVIDUAL"} for role in ("DIRECTOR", "SIGNATORY")
)
"""Who governs a payee and signs for it, where a test does not say it."""


def with_people(known: Party) -> Party:
    """A payee with who governs it, signs for it and owns it, as far as a test does not say that."""
    said = {one.role for one in known.principals}
    people = [Principal.model_validate(one) for one in BEHIND if one["role"] not in said]
    owned = known.nobody_owns or PrincipalRole.OWNER not in said
    return known.model_copy(update={"principals": (*known.principals, *people), "nobody_owns": owned})


def proposal(reference: str = "P-2026-0042", **more: Any) -> Proposal:
    """A proposal whose payee has somebody behind it: edition 2026.5 asks who."""
    made = as_given(reference, **more)
    out = made.funds_out
    if out is None:
        return made
    payee = with_people(out.payee)
    is_payee = "partner" not in more or made.partner == out.payee or made.partner.ein == out.payee.ein is not None
    partner = with_people(made.partner) if is_payee else made.partner
    return made.model_copy(update={"funds_out": out.model_copy(update={"payee": payee}), "partner": partner})


def as_given(reference: str = "P-2026-0042", **more: Any) -> Proposal:
    """A proposal that says of its parties what the test says, and no more."""
    legs = {"funds_out", "funds_in", "non_monetary"}
    content: dict[str, Any] = {
        "reference": reference,
        "title": "Digital skills for river libraries",
        "partner": party(),
        "public_interest": public_interest(),
        **more,
    }
    if legs.isdisjoint(content):
        content["funds_out"] = funds_out()
    return Proposal.model_validate(content)


def as_before(**content: Any) -> Proposal:
    """A proposal as it was before edition 2026.4 asked for the community in codes, an objective and private benefit."""
    made = as_given(**content)
    interest = made.public_interest.model_copy(update={"objective": None, "community": None})
    out = made.funds_out and made.funds_out.model_copy(update={"no_private_benefit": None})
    return made.model_copy(update={"public_interest": interest, "funds_out": out})


def funder(profile: FunderProfile = CHARITY, funder_id: str = "ISOC") -> Funder:
    return Funder(funder_id=funder_id, name="Internet Society", profile=profile, account="BA-W7SW7OMSGC5X")


@cache
def funding(profile: FunderProfile = CHARITY) -> Funding:
    return Funding(funders=(funder(profile),))


@cache
def member(staff_id: str, *roles: Role) -> StaffMember:
    return StaffMember(staff_id=staff_id, name=staff_id.title(), roles=roles or (STAFF[staff_id],))


@cache
def authority(staff_id: str, *roles: Role, profile: FunderProfile = CHARITY) -> Authority:
    who = member(staff_id, *roles)
    return Authority(
        member=who,
        capacities=tuple(Capacity(role=role) for role in who.roles),
        rules=HOUSE_RULES,
        funding=funding(profile),
        account=STANDING,
    )


def version(register: str = "irs-bmf", of: date = date(2026, 11, 1)) -> RegisterVersion:
    return RegisterVersion(register_name=register, version=1, sha256="ef" * 32, source_date=of)


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
        "revenue": "900000",
        "filing": "01",
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
        "asked": (version(), version("irs-pub78"), version("irs-revocation")),
        "asked_at": NOON,
        "master_file": master_file(),
        "name_agreement": 100.0,
        **more,
    }
    listed = content["master_file"] is not None or bool(content.get("publication78"))
    compared = named(confirms=float(str(content["name_agreement"])) >= 60)
    return StatusEvidence.model_validate({"names": (compared,) if listed else (), **content})


def named(given: str = "Riverbend Library Network", *, confirms: bool = True, further: bool = False) -> NameEvidence:
    registered, told = given.upper(), "both have riverbend, library, network"
    return NameEvidence(given=given, registered=registered, further=further, confirms=confirms, explanation=told)


LISTS = tuple(version(register) for register in ("ofac-consolidated", "ofac-sdn", "un-consolidated"))


def screening(*matches: Any) -> ScreeningEvidence:
    return ScreeningEvidence(parties=("Riverbend Library Network",), asked=LISTS, asked_at=NOON, matches=matches)


def verification(
    found: StatusEvidence | None = None, screened: ScreeningEvidence | None = None, **more: Any
) -> Verification:
    return Verification(screening=screened or screening(), status=found, **more)


def match(
    name: str = "Riverbend Library Network", kind: MatchKind = MatchKind.EXACT, score: float = 100.0
) -> SanctionsMatch:
    return SanctionsMatch(
        party=name,
        listed_name=name.upper(),
        entity="12345",
        programme="SDGT",
        kind=kind,
        score=score,
        source=source("ofac-sdn"),
    )


def near(name: str = "Riverbend Library Network", score: float = 88.0) -> SanctionsMatch:
    return match(name, MatchKind.NEAR, score)


def abroad(name: str = "Harbour Schools Trust", **more: Any) -> Party:
    return party(name, **{"country": "KE", "ein": None, **more})


def company(name: str = "Copper Kettle Software LLC", **more: Any) -> Party:
    return party(name, **{"kind": PartyKind.PRIVATE_COMPANY, "ein": None, **more})


def document(kind: str, dated: str = "2026-03-01") -> dict[str, str]:
    return {"kind": kind, "dated": dated}


def complete_equivalency(**more: Any) -> dict[str, Any]:
    """A determination that counts from edition 2026.4 on: nothing is missing in it."""
    facts = {"basis": "170(b)(1)(A)(vi)", "data_year": 2025, "blocked_check": True, "year_ended_on": "2025-12-31"}
    given_by = {"practitioner_name": "Lena Hartwig", "credential": "State Bar of Kansas 20417"}
    checked = {"blocked_checked_on": "2026-01-01", "paper": paper("EQUIVALENCY")}
    return equivalency(**{**facts, **given_by, **checked, **more})


def principal(name: str, role: str = "DIRECTOR", share: str | None = None) -> dict[str, Any]:
    return {"name": name, "role": role, "share": share}


def equivalency(**more: Any) -> dict[str, Any]:
    lasting = {"issued_on": "2026-01-01", "valid_until": "2027-12-31"}
    return {"practitioner": "ATTORNEY", "funder": "ISOC", **lasting, **more}


def sponsorship(**more: Any) -> dict[str, Any]:
    """A company's project, taken on by the payee as the law asks."""
    kept = dict.fromkeys(("board_adopted", "controls_use", "specific_project", "keeps_records", "holds_account"), True)
    return {
        "project_of": company(),
        "agreement_on": "2026-08-01",
        "application_on": "2026-09-01",
        "others_command_release": False,
        "vendor_at_fair_value": True,
        "earmarked": False,
        **kept,
        **more,
    }


def regrant(*supported: Party, **more: Any) -> dict[str, Any]:
    """Money passed on, by default to twelve non-profit projects."""
    parties = supported or tuple(abroad(f"Village Circle {n}") for n in range(1, 13))
    recipients = [{"party": one, "purpose": "A reading room"} for one in parties]
    return {"subrecipients": recipients, "payee_selects": True, "covenant": True, **more}


def beneficiary(name: str = "Great Plains Carrier Inc", share: str = "60", **more: Any) -> dict[str, Any]:
    return {"name": name, "share": share, "related_to_proposer": False, **more}


def benefit(*beneficiaries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Open to all on equal terms, whoever else benefits."""
    public = {"open_on_equal_terms": True, "nonprofit_governance": True, "class_is_open": True}
    return {**public, "distributes_surplus": False, "unavoidable": True, "beneficiaries": beneficiaries, **more}


def exchange(**more: Any) -> dict[str, bool]:
    """A community Internet exchange point."""
    public = {"operator_is_nonprofit": True, "open_on_equal_terms": True, "distributes_surplus": False}
    return {**public, "site_owner_is_commercial": False, **more}


def joint(**more: Any) -> dict[str, Any]:
    return {"funder": "ISOC", "activity": "A joint campaign for open exchanges", **more}


def gift_evidence(**more: Any) -> GiftEvidence:
    content = {"gift": "P-2026-0007", "found": True, "restricted_to": "Training", "received": "1000.00"}
    return GiftEvidence.model_validate({**content, "currency": "USD", **more})
