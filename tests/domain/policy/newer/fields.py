"""Every field of a proposal: which of its values are bad, and whether a rule asks for it (rules 3.13, 4.2).

`Tell.ASKED`: not given is a question, and "none" is an answer. `Tell.BAD`: a fact that is told if it is so, and nobody
asks; not given stands for none. `Tell.HELPS`: without it something is missing, and another field or paper may do.
`Tell.PLAIN`: no rule judges its value by itself; a model is judged by its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from domain.public_office import PublicOffice
from tests.builders import BEHIND, beneficiary, benefit, company, exchange, principal, regrant, sponsorship
from tests.domain.policy.language import ALIGNED

LISTED: Final = "Zorvan Trading House"
"""A name that stands on a list."""
REVOKED: Final = "001000077"
"""An EIN whose exemption was revoked."""
UNKNOWN_GIFT: Final = "P-2026-0099"


class Tell(Enum):
    """The way in which a field is asked for, if it is."""

    ASKED = "asked"
    BAD = "told if bad"
    HELPS = "helps"
    PLAIN = "plain"


Content = Mapping[str, Any]
Where = Callable[[str, Content], bool]
"""Whether a field is asked for at a place: its path, and the model's own fields there."""


def _everywhere(path: str, owner: Content) -> bool:
    return True


class Field(NamedTuple):
    """The knowledge of a field: its answers, and the place where it is asked for."""

    tell: Tell
    good: tuple[Any, ...] = ()
    """Values of which none is worse than another; the value of the drawn proposal is one of them."""
    bad: tuple[Any, ...] = ()
    where: Where = _everywhere
    beside: tuple[str, ...] = ()
    """Fields of the same model that answer the same question: not given means none of them is."""

    @property
    def values(self) -> tuple[Any, ...]:
        """Every value that is tried."""
        return (*self.good, *self.bad)


PLAIN: Final = Field(Tell.PLAIN)


def asked(*good: Any, bad: tuple[Any, ...], where: Where = _everywhere, beside: tuple[str, ...] = ()) -> Field:
    return Field(Tell.ASKED, good, bad, where, beside)


def bad(*values: Any) -> Field:
    return Field(Tell.BAD, bad=values)


def helps(*values: Any) -> Field:
    """A field without which something is missing. These values of it are bad."""
    return Field(Tell.HELPS, bad=values)


def _of_the_payee(path: str, owner: Content) -> bool:
    return path == "funds_out.payee"


def _where_a_part_is_embargoed(path: str, owner: Content) -> bool:
    return owner.get("country") == "UA"


_LISTED_PERSON: Final = principal(LISTED)
_IRAN: Final = [{"country": "IR", "region": None}]
_COMMUNITY: Final = {"kind": "RESIDENTS", "places": [{"country": "US"}], "number": 10}
_CHANGE: Final = {"what": "Its returns were missed", "known_since": "2026-10-01"}
_COMPANY_NUMBER: Final = {"scheme": "DE-HRB", "number": "123456"}

FIELDS: Final[dict[str, Field]] = {
    **dict.fromkeys(
        (
            "Proposal.reference", "Proposal.partner", "Proposal.public_interest", "Proposal.funds_out",
            "Proposal.funds_in", "Proposal.non_monetary", "Proposal.period", "Proposal.reports", "Proposal.contacts",
            "Proposal.summary", "Proposal.under", "Proposal.withheld_for",
            "Party.governmental", "Party.documents", "Party.nobody_owns", "Party.address", "Party.born", "Party.behind",
            "PartyDocument.kind", "PartyDocument.dated", "PartyDocument.sha256",
            "Paper.kind", "Paper.sha256", "Paper.kept_by", "Paper.read_by", "Paper.reference",
            "PartyNumber.scheme", "PartyNumber.number",
            "Principal.role", "Principal.share", "Principal.kind", "Principal.born", "Principal.public_office",
            *(f"PublicOffice.{name}" for name in PublicOffice.model_fields),
            "CentralOrganization.name", "Address.lines", "Address.postcode",
            "PublicInterest.objective", "PublicInterest.indicators", "PublicInterest.sector",
            "Community.kind", "Community.number",
            "Indicator.number", "Indicator.what", "Indicator.unit", "Indicator.baseline", "Indicator.target",
            "FundsOut.funder", "FundsOut.payee", "FundsOut.tranches", "FundsOut.final_report", "FundsOut.programme",
            "FundsOut.no_private_benefit", "FundsOut.requested", "FundsOut.barrier", "FundsOut.barrier_holds",
            "FundsOut.succession", "FundsOut.waits_for_gift", "FundsOut.budget", "FundsOut.milestones",
            "GrantBudget.indirect_most", "GrantBudget.indirect_of", "GrantBudget.free_move", "GrantBudget.free_floor",
            "GrantBudget.periods", "GrantBudget.lines", "BudgetLine.number", "BudgetLine.category", "BudgetLine.what",
            "BudgetLine.kind", "BudgetLine.sums", "BudgetLine.others", "CoFunding.source", "CoFunding.amount",
            "CoFunding.in_kind", "CoFunding.confirmed", "Milestone.number", "Milestone.what", "Milestone.due_on",
            "Milestone.evidence", "Milestone.holds", "Milestone.barrier",
            "TranchePlan.number", "TranchePlan.money", "TranchePlan.due_on", "Money.amount", "Money.currency",
            "EquivalencyDetermination.practitioner",
            "Sponsorship.project_of", "Regrant.subrecipients", "Subrecipient.party", "Subrecipient.purpose",
            "Beneficiary.size", "RestrictedMoney.gift", "KnownChange.what", "KnownChange.known_since",
            "Licence.kind", "Licence.reference", "Licence.facts", "PayeeSupport.total", "FundPart.fund",
            "FundPart.amount", "Succession.of", "Succession.since", "Succession.paid", "Succession.paper",
            "FundsIn.funder", "FundsIn.donor", "FundsIn.money", "FundsIn.into", "FundsIn.in_kind", "FundsIn.schedule",
            "FundsIn.kind", "Restriction.objectives", "Restriction.programmes", "Restriction.not_before",
            "Restriction.not_after", "Restriction.excluded_uses", "Restriction.whole", "InKind.what", "InKind.method",
            "Instalment.due_on", "Instalment.amount", "NonMonetary.funder",
            "Interest.person", "Interest.what", "Period.starts", "Period.ends",
            "PlannedReport.number", "PlannedReport.kind", "PlannedReport.due_on", "PlannedReport.days_after",
            "PlannedReport.after_tranche", "PlannedReport.holds",
            "Contact.name", "Contact.email", "Contact.role", "Contact.organization", "Contact.language",
            "Contact.phone",
        ),
        PLAIN,
    ),
    "Proposal.title": bad("Lobbying for the referendum", "Courses for schools in Tehran"),
    "Proposal.interests": bad([{"person": "ana.silva", "what": "Her spouse sits on its board"}]),
    "Party.name": bad(LISTED),
    "Party.kind": bad("PRIVATE_COMPANY"),
    "Party.country": bad("KP"),
    "Party.region": asked("UA-32", bad=("UA-43",), where=_where_a_part_is_embargoed),
    "Party.ein": helps(REVOKED),
    "Party.also_known_as": bad([LISTED]),
    "Party.papers": helps(),
    "Party.principals": asked(
        [*BEHIND],
        bad=([*BEHIND, _LISTED_PERSON], [*BEHIND, principal("Rosa Far", "OWNER", "60")]),
        where=_of_the_payee,
        beside=("nobody_owns",),
    ),
    "Party.central": helps(),
    "Party.numbers": bad([_COMPANY_NUMBER]),
    "Paper.dated": helps("1990-01-01"),
    "Paper.number": helps(),
    "Principal.name": bad(LISTED),
    "Principal.country": bad("IR"),
    "CentralOrganization.ein": bad(REVOKED),
    "PublicInterest.mission_objective": bad("charitable"),
    "PublicInterest.community_served": bad("global", "Internet users in Tehran, Iran"),
    "PublicInterest.statement": bad("not said"),
    "PublicInterest.community": asked(_COMMUNITY, bad=({**_COMMUNITY, "places": _IRAN},)),
    "Community.places": bad(_IRAN),
    "Place.country": bad("KP"),
    "Place.region": asked("UA-32", bad=("UA-43",), where=_where_a_part_is_embargoed),
    "FundsOut.purpose": bad("Charitable purposes", "Switches for the Lakeside IXP", "Votes for the candidate Far"),
    "FundsOut.alignment": asked(ALIGNED, bad=("n/a",)),
    "FundsOut.equivalency": helps(),
    "FundsOut.sponsorship": bad(sponsorship(wording="CONDUIT"), sponsorship(board_adopted=False)),
    "FundsOut.regrant": bad(regrant(company()), regrant(payee_selects=False)),
    "FundsOut.benefit": asked(
        benefit(), bad=(benefit(distributes_surplus=True), benefit(class_is_open=False)), beside=("no_private_benefit",)
    ),
    "FundsOut.exchange": bad(exchange(operator_is_nonprofit=False), exchange(site_owner_is_commercial=True)),
    "FundsOut.uses": asked(["PROGRAMME"], ["TRAINING"], bad=(["ELECTION"], ["LOBBYING"])),
    "FundsOut.charged_to": bad({"gift": UNKNOWN_GIFT}),
    "FundsOut.known_changes": bad([_CHANGE]),
    "FundsOut.controlled_by_insider": asked(False, bad=(True,)),
    "FundsOut.places": bad([{"country": "KP"}], [{"country": "UA"}]),
    "FundsOut.licence": helps(),
    "FundsOut.support": helps(),
    "FundsOut.funds": bad([{"fund": f"FD-{UNKNOWN_GIFT}"}]),
    "EquivalencyDetermination.funder": helps("ANOTHER"),
    "EquivalencyDetermination.issued_on": helps("2027-01-01"),
    "EquivalencyDetermination.valid_until": helps("2026-10-31"),
    **{
        f"EquivalencyDetermination.{name}": helps()
        for name in ("basis", "certificate", "year_ended_on", "credential", "repository", "practitioner_name")
    },
    "EquivalencyDetermination.data_year": helps(1999),
    "EquivalencyDetermination.blocked_check": helps(False),
    "EquivalencyDetermination.blocked_checked_on": helps("1999-01-01"),
    "EquivalencyDetermination.paper": helps(),
    "Sponsorship.wording": bad("FISCAL_AGENT", "PASS_THROUGH", "CONDUIT"),
    "Sponsorship.agreement_on": bad("2026-09-30"),
    "Sponsorship.application_on": bad("2026-07-01"),
    **{
        f"Sponsorship.{name}": bad(False)
        for name in ("board_adopted", "controls_use", "specific_project", "keeps_records", "holds_account")
    },
    "Sponsorship.others_command_release": bad(True),
    "Sponsorship.earmarked": asked(False, bad=(True,)),
    "Sponsorship.vendor_at_fair_value": helps(False),
    "Regrant.payee_selects": bad(False),
    "Regrant.covenant": bad(False),
    "BenefitFacts.open_on_equal_terms": bad(False),
    "BenefitFacts.nonprofit_governance": bad(False),
    "BenefitFacts.distributes_surplus": bad(True),
    "BenefitFacts.class_is_open": bad(False),
    "BenefitFacts.unavoidable": helps(False),
    "BenefitFacts.beneficiaries": bad([beneficiary(share="100")], [beneficiary(LISTED, "30")]),
    "Beneficiary.name": bad(LISTED),
    "Beneficiary.share": bad("95"),
    "Beneficiary.related_to_proposer": asked(False, bad=(True,)),
    "Exchange.operator_is_nonprofit": bad(False),
    "Exchange.open_on_equal_terms": bad(False),
    "Exchange.distributes_surplus": bad(True),
    "Exchange.site_owner_is_commercial": asked(False, bad=(True,)),
    "Licence.valid_from": bad("2027-01-01"),
    "Licence.valid_until": bad("2026-01-31"),
    "PayeeSupport.beside": bad("900000"),
    "FundsIn.restricted_to": bad("For the Club of the Bay, which must get it"),
    "FundsIn.restriction": bad({"places": ["IR"], "whole": True}),
    "FundsIn.influences_priorities": asked(False, bad=(True,)),
    "FundsIn.conduit_to": bad("Club of the Bay"),
    "FundsIn.names_receiver": asked(False, bad=(True,), beside=("conduit_to",)),
    "FundsIn.benefit": bad({"amount": "900.00", "currency": "USD"}),
    "FundsIn.gets_in_return": asked(False, bad=(True,), beside=("benefit",)),
    "FundsIn.advertising": asked(False, bad=(True,)),
    "FundsIn.contingent": asked(False, bad=(True,)),
    "Restriction.places": bad(["IR"]),
    "NonMonetary.activity": bad("Lobbying for the referendum"),
    "NonMonetary.alignment": asked(ALIGNED, bad=("n/a",)),
    "NonMonetary.places": bad([{"country": "KP"}]),
}  # fmt: skip
"""By model and field."""
