"""The demo's partnerships, of every kind and outcome. They are invented, like the sample registers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from accord.demo.steps import Steps
from domain.grants import fund_of_gift
from domain.proposal import Proposal

IN_FULL = "Open to everybody on equal published terms, run by a non-profit that distributes nothing"


Content = dict[str, Any]
Script = Callable[[Steps], Awaitable[None]]
"""Drives a partnership to its end."""


class Case(NamedTuple):
    """A partnership to propose, and the function that drives it to its end."""

    number: int
    content: Content
    life: Script
    gift: int = 0
    """The case whose restricted gift pays for it, or 0 if none does."""
    after: int = 0
    """The case that must be approved before this one begins, or 0 if it begins at once."""
    budget: bool = False
    """True if the demo's small budget pays for it."""

    def proposed(self, first_number: int) -> Proposal:
        """Return the proposal with the reference P-2026-NNNN, NNNN being `first_number` plus the case's number."""
        content = self.content
        if fund := self._fund(first_number):
            content = {**content, "funds_out": {**content["funds_out"], "funds": [{"fund": fund}]}}
        return Proposal.model_validate({"reference": reference(first_number, self.number), **content})

    def _fund(self, first_number: int) -> str:
        if self.gift:
            return fund_of_gift(reference(first_number, self.gift))
        return small_budget(first_number) if self.budget else ""


def reference(first_number: int, case: int) -> str:
    """Return the reference of a case's partnership."""
    return f"P-2026-{first_number + case:04}"


SMALL_BUDGET = "15000.00"
"""The demo's budget for small grants, of which the second grant does not find enough."""


def small_budget(first_number: int) -> str:
    """Return the id of that budget's fund."""
    return f"FD-2026-SMALL-{first_number:04}"


BEHIND = [{"name": "Ines Marek", "role": role, "kind": "INDIVIDUAL"} for role in ("DIRECTOR", "SIGNATORY")]
"""The person who governs each organisation and signs for it. She is invented, like them."""


def party(name: str, ein: str | None = None, country: str = "US", kind: str = "NONPROFIT", **more: Any) -> Content:
    """Return an invented organisation."""
    behind: Content = {} if kind == "PRIVATE_COMPANY" else {"principals": BEHIND, "nobody_owns": True}
    return {"name": name, "kind": kind, "country": country, "ein": ein, **behind, **more}


def proposal(title: str, partner: Content, community: str, **legs: Any) -> Content:
    """Return the content of an invented proposal with these legs."""
    residents = {"kind": "RESIDENTS", "places": [{"country": partner["country"]}], "number": "NOT_KNOWN"}
    interest = {"mission_objective": "An open, trusted Internet", "objective": "OPEN", "community_served": community,
                "community": residents, "statement": IN_FULL}  # fmt: skip
    if "funds_out" in legs:
        legs["funds_out"] = {"purpose": f"Equipment and training: {title}", **legs["funds_out"]}
    return {"title": title, "partner": partner, "public_interest": interest, **legs}


def out(payee: Content, *amounts: str, funder: str = "ISOC", report: bool = True, **more: Any) -> Content:
    """Return the leg of money out to a payee, in tranches of these amounts."""
    tranches = [{"number": n, "money": {"amount": a, "currency": "USD"}} for n, a in enumerate(amounts, start=1)]
    common = {"funder": funder, "payee": payee, "final_report": report, "no_private_benefit": "OPEN_TO_ALL"}
    return {**common, "tranches": tranches, "controlled_by_insider": False, "uses": ["PROGRAMME"], **more}


def gift_of(donor: Content, amount: str, **more: Any) -> Content:
    """Return the leg of a donor's money that comes in."""
    flags = ("influences_priorities", "advertising", "contingent")
    answers: Content = {**dict.fromkeys(flags, False), "names_receiver": "conduit_to" in more}
    answers["gets_in_return"] = "benefit" in more
    return {"funder": "ISOC", "donor": donor, "money": {"amount": amount, "currency": "USD"}, **answers, **more}


PARISH = party("Saint Agnes Parish Room", "00-1999999")
NORTHERN = party("Northern Light Telecom Ltd", kind="PRIVATE_COMPANY", country="CA")
PACKET = party("Packet Harbour Ltd", kind="PRIVATE_COMPANY", country="GB")
LAKESIDE = party("Lakeside School of Networking", "00-1000002")
RIVERBEND = party("Riverbend Library Network", "00-1000001")
_LATELY: Final = datetime.now(UTC).date() - timedelta(days=2)
"""The day of the invented papers: an extract is asked for anew after two years."""

REGISTERED: Content = {
    "kind": "REGISTRATION",
    "dated": _LATELY.isoformat(),
    "sha256": sha256(b"an invented extract of an invented register").hexdigest(),
    "kept_by": "Records office, file 2026/31",
    "read_by": "vera.lind",
    "reference": "an invented entry of the register, number 4711",
    "number": {"scheme": "UG-NGO", "number": "4711"},
}
"""A paper that proves a foreign body's status. It is invented, like the body."""

EXCHANGE = party("Lake Crescent Exchange Association", country="UG", papers=[REGISTERED])
HARBOR = party("Harbor Chapter of Open Networks", "00-1000004",
                central={"name": "Open Networks United", "ein": "00-1000005"},
                papers=[REGISTERED | {"kind": "GROUP_CONFIRMATION", "number": None}])  # fmt: skip
BLUE_HERON = party("Blue Heron Networks", country="UG", papers=[REGISTERED])
ZORVAN = party("Zorvan Trade Education Fund", "00-1000008")
CAPITOL = party("Capitol Digital Archive", "00-1000012")


async def paid_and_reported(steps: Steps) -> None:
    """Run the plain case: the partnership is approved by two people, agreed, paid, reported and closed."""
    await steps.approve_and_sign("riverbend")
    await steps.pay_all()
    await steps.report()


async def exchange_abroad(steps: Steps) -> None:
    """Have the public charity pay a foreign non-profit, on the condition of a Rev. Rul. 68-489 file."""
    await steps.approve_and_sign("kampala")
    await steps.pay_all()
    await steps.report()


async def declined_by_the_rule_book(steps: Steps) -> None:
    """Let the rule book decline the partnership. Nobody has to act."""
    await steps.until_ended()


def sent_back_and_withdrawn(reason: str) -> Script:
    """Return a script in which the rules send the proposal back with the ways out, and its proposer withdraws it."""

    async def script(steps: Steps) -> None:
        await steps.until_sent_back()
        await steps.withdraw(reason)

    return script


async def sent_back_and_declined(steps: Steps) -> None:
    """Propose again, unchanged, what the rules sent back once: a company stays the payee, so it is declined."""
    await steps.until_sent_back()
    await steps.propose_again()
    await steps.until_ended()


async def asked_and_withdrawn(steps: Steps) -> None:
    """Return a referred proposal with a question, since no register lists the partner. Its proposer withdraws it."""
    await steps.ask("No register lists this US tax number. Is it a church, a government unit, or mistyped?")
    await steps.withdraw("the partner could not document its status")


async def cleared_by_a_person(steps: Steps) -> None:
    """Clear a name near a listed one, as verifier and with a reason. The partnership is approved and paid."""
    await steps.clear("another organisation: other country, other founders, registered long before the listing")
    await steps.approve_and_sign("zorvan")
    await steps.pay_all()


async def rejected_then_paid(steps: Steps) -> None:
    """Have the bank reject a payment (account closed). After a new agreement and approval, the second one settles."""
    await steps.approve_and_sign("harbor")
    await steps.release(1)
    await steps.until_rejected(1, "harbor")
    await steps.sign("harbor-new")
    await steps.approve()
    await steps.release(1)
    await steps.until_settled(1)


async def gift_received(steps: Steps) -> None:
    """Receive a gift for a restricted fund in the public interest. The partnership closes when the bank books it."""
    await steps.approve_and_sign(None)
    await steps.receive("25000.00")


async def campaign(steps: Steps) -> None:
    """Run a joint campaign with a company, without money on any leg: a payment is refused."""
    await steps.approve_and_sign(None)
    await steps.try_to_pay()
    await steps.report()


async def declined_by_a_person(steps: Steps) -> None:
    """Decline, as an approver, what a private foundation could lawfully pay under expenditure responsibility."""
    await steps.decline("the programme has no budget for expenditure responsibility this year")


async def held_and_terminated(steps: Steps) -> None:
    """Place a hold after the agreement, have another person lift it, and terminate the partnership as director."""
    await steps.approve_and_sign("meadow")
    await steps.hold_and_lift("the press reports a dispute on its board", "the dispute is settled in writing")
    await steps.terminate("the payee asked to end the project before it began")


async def returned_by_the_bank(steps: Steps) -> None:
    """Have the payee's bank return a settled payment: a rule places a hold, people lift it and terminate."""
    await steps.approve_and_sign("capitol")
    await steps.release(1)
    await steps.until_returned(1, "capitol")
    await steps.lift("the payee's bank closed the account; we end the project")
    await steps.terminate("the payee no longer has a bank account in its own name")


async def sponsored(steps: Steps) -> None:
    """Pay for a company's project that a charity adopted and controls. The conditions are filed before the payment."""
    await steps.approve_and_sign("riverbend")
    await steps.pay_all()


async def recused(steps: Steps) -> None:
    """Recuse an approver whose spouse is on the grantee's board: another person approves, and the minutes are filed."""
    await steps.recuse("my spouse is on the grantee's board")
    await steps.approve()
    await steps.sign("riverbend")
    await steps.pay_all()


async def amended(steps: Steps) -> None:
    """Raise an approved sum by more than a tenth: finance and, above the tier, the director approve the new sum."""
    await steps.approve()
    await steps.amend("120000.00", "the second building was forgotten")
    await steps.approve()
    await steps.sign("lakeside")
    await steps.pay_all()


async def wired(steps: Steps) -> None:
    """Spend a restricted gift on its donor's purpose. Its fund pays."""
    await steps.approve_and_sign("lakeside")
    await steps.pay_all()


async def refused_by_its_fund(steps: Steps) -> None:
    """Find too little left in the budget at the approval that would complete the quorum. The proposer withdraws."""
    refusal = await steps.approve_in_vain()
    await steps.withdraw(f"no money was left: {refusal.partition(':')[0]}")


CASES = (
    Case(
        1,
        proposal("Digital skills for river libraries", RIVERBEND, "Readers of eleven villages on the Lower River",
                  funds_out=out(RIVERBEND, "30000.00", "20000.00")),
        paid_and_reported,
    ),
    Case(
        2,
        proposal("Community exchange at Lake Crescent", EXCHANGE, "Networks and users around Lake Crescent",
                  funds_out=out(EXCHANGE, "50000.00")),
        exchange_abroad,
    ),
    Case(
        3,
        proposal("Community exchange, by the Foundation", EXCHANGE, "Networks and users around Lake Crescent",
                  funds_out=out(EXCHANGE, "50000.00", funder="ISOC-FOUNDATION", alignment="Extends open exchange")),
        sent_back_and_withdrawn("the parent pays it instead"),
    ),
    Case(
        4,
        proposal("Routing software by a company", party("Fastlane Routing LLC", kind="PRIVATE_COMPANY"),
                  "Operators of small networks in three counties",
                  funds_out=out(party("Fastlane Routing LLC", kind="PRIVATE_COMPANY"), "40000.00")),
        sent_back_and_declined,
    ),
    Case(
        5,
        proposal("Valley wireless", party("Old Mill Community Net", "00-1000009"), "Households of Old Mill valley",
                  funds_out=out(party("Old Mill Community Net", "00-1000009"), "15000.00")),
        sent_back_and_withdrawn("its exemption was revoked and is not reinstated"),
    ),
    Case(
        6,
        proposal("Parish computer room", PARISH, "Pupils of Saint Agnes parish",
                  funds_out=out(PARISH, "8000.00")),
        asked_and_withdrawn,
    ),
    Case(
        7,
        proposal("Harbour data centre", BLUE_HERON, "Port towns of the coast",
                  funds_out=out(BLUE_HERON, "90000.00")),
        declined_by_the_rule_book,
    ),
    Case(
        8,
        proposal("Trade school online", ZORVAN, "Apprentices of two trade schools in Riverbend",
                  funds_out=out(ZORVAN, "12000.00", report=False)),
        cleared_by_a_person,
    ),
    Case(
        9,
        proposal("Chapter training days", HARBOR, "Members of the open-network chapter at Harbor",
                  funds_out=out(HARBOR, "9500.00", report=False)),
        rejected_then_paid,
    ),
    Case(
        10,
        proposal("Corporate responsibility gift", NORTHERN,
                  "Schools without a connection in the north",
                  funds_in=gift_of(NORTHERN, "25000.00",
                               restricted_to="School connectivity in the United States",
                               restriction={"places": ["US"], "whole": True})),
        gift_received,
    ),
    Case(
        11,
        proposal("Gift with a choice of vendor", party("Switchyard Systems Inc", kind="PRIVATE_COMPANY"),
                  "Students of technical colleges",
                  funds_in=gift_of(party("Switchyard Systems Inc", kind="PRIVATE_COMPANY"), "100000.00",
                               influences_priorities=True)),
        sent_back_and_withdrawn("the donor insists on the vendor"),
    ),
    Case(
        12,
        proposal("Joint campaign on routing security", PACKET,
                  "Network operators in forty countries",
                  non_monetary={"funder": "ISOC", "activity": "A joint campaign, each side at its own cost"}),
        campaign,
    ),
    Case(
        13,
        proposal("Exchange association, by a private foundation",
                  party("Prairie Internet Exchange Association", "00-1000003"), "Networks of the prairie counties",
                  funds_out=out(party("Prairie Internet Exchange Association", "00-1000003"), "60000.00",
                                 funder="SAMPLE-PF")),
        declined_by_a_person,
    ),
    Case(
        14,
        proposal("Family foundation archive", party("Meadow Family Foundation", "00-1000007"),
                  "Local historians of Meadow county",
                  funds_out=out(party("Meadow Family Foundation", "00-1000007"), "7000.00")),
        held_and_terminated,
    ),
    Case(
        15,
        proposal("Archive of the early Internet", CAPITOL, "Researchers and teachers of computing history",
                  funds_out=out(CAPITOL, "18000.00", funder="ISOC-FOUNDATION",
                                 alignment="Keeps the record of the open Internet for the public")),
        returned_by_the_bank,
    ),
    Case(
        16,
        proposal("A company's routing tools, sponsored", RIVERBEND, "Operators of small networks in three counties",
                  funds_out=out(RIVERBEND, "20000.00", report=False, sponsorship={
                      "project_of": party("Fastlane Routing LLC", kind="PRIVATE_COMPANY"),
                      "agreement_on": "2026-09-01", "application_on": "2026-10-01", "board_adopted": True,
                      "controls_use": True, "specific_project": True, "keeps_records": True, "holds_account": True,
                      "others_command_release": False, "vendor_at_fair_value": True, "earmarked": False,
                  })),
        sponsored,
    ),
    Case(
        17,
        proposal("Reading rooms online", RIVERBEND, "Readers of four towns on the Upper River",
                  funds_out=out(RIVERBEND, "11000.00", report=False)),
        recused,
    ),
    Case(
        18,
        proposal("School buildings wired", LAKESIDE, "Pupils of nine schools at the lake",
                  funds_out=out(LAKESIDE, "90000.00", report=False)),
        amended,
    ),
    Case(
        19,
        proposal("A mast for the lake school", LAKESIDE, "Pupils of the school at the lake",
                  funds_out=out(LAKESIDE, "12000.00", report=False, places=[{"country": "US"}])),
        wired,
        gift=10,
    ),
    Case(
        20,
        proposal("A mast beyond the border", LAKESIDE, "Pupils of schools around Lake Crescent",
                  funds_out=out(LAKESIDE, "9000.00", places=[{"country": "UG"}])),
        sent_back_and_withdrawn("the donor gave it for schools in the United States"),
        gift=10,
    ),
    Case(
        21,
        proposal("Small grant for a reading circle", RIVERBEND, "Readers of one town on the Lower River",
                  funds_out=out(RIVERBEND, "9000.00", report=False, programme="Small grants")),
        sponsored,
        budget=True,
    ),
    Case(
        22,
        proposal("Small grant for a computer club", LAKESIDE, "Learners of the evening school at the lake",
                  funds_out=out(LAKESIDE, "7500.00", report=False, programme="Small grants")),
        refused_by_its_fund,
        after=21,
        budget=True,
    ),
)  # fmt: skip
