"""`make bench-portfolio`: hundreds of partnerships whose payees are drawn from the real registers.

Each must reach the outcome that the rules give for it, worked out by an independent look-up; what the rule book lets
through is approved, agreed, released and settled. `bench.portfolio.drawing` says what is asked, and in which shares.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import psutil
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from accord.demo.sample import CALLER, RECORDER, SAMPLE
from accord.demo.steps import APPROVERS
from accord.organisation.governance import confirm_account, vouch
from bench.banking import hand_over_and_answer
from bench.costs import cost_of
from bench.lifecycle import workflows_of
from bench.office import Office, open_office
from bench.portfolio.drawing import Case, draw
from bench.portfolio.independent import APPROVED, DECLINED, RETURNED, SEVERITY, Advice, Body, Registers
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.policy.findings import Outcome
from domain.proposal import Proposal
from domain.streams import StreamId
from payments.accounts import AccountDetails, record_account
from registers.loading.archive import Archive
from registers.loading.loader import load
from registers.sources.catalogue import REGISTERS

out = Console(highlight=False)


READER: Final = "vera.lind"
"""The verifier who read the papers that proposals name."""


EXTRACTS: Final = {
    "KE": ("KE-NCB", "KE-RCO"),
    "GB": ("GB-CHC", "GB-COH"),
    "ZA": ("ZA-NPO", "ZA-CIP"),
    "IN": ("IN-MHA", "IN-MCA"),
    "LK": ("LK-NGO", "LK-DRC"),
    "TZ": ("TZ-NNCB", "TZ-BRLA"),
    "CU": ("CU-NGO", "CU-CR"),
}
"""By country: the list codes of its charities' register and of its companies' (org-id.guide); Cuba's are invented."""


def proposal(case: Case) -> Proposal:
    """Return the proposal for a case."""
    asked, payee = case.asked, party(case.asked.payee, case.addresses)
    if case.central:
        payee["central"] = {"name": case.central[0], "ein": case.central[1]}
    content: dict[str, Any] = {
        "reference": case.reference,
        "title": f"A project with {asked.payee.name}"[:120],
        "partner": payee,
        "public_interest": {
            "mission_objective": "An open Internet",
            "community_served": "The people of one county",
            "statement": "Open to everybody at no charge",
            "objective": "OPEN",
            "community": {"kind": "RESIDENTS", "places": [{"country": "US"}], "number": "NOT_KNOWN"},
        },
        "funds_out": {
            "funder": asked.funder,
            "payee": payee,
            "purpose": f"Training, {case.reference}",
            "no_private_benefit": "OPEN_TO_ALL",
            "controlled_by_insider": False,
            "uses": ["PROGRAMME"],
            "alignment": "Carries out the supported organisation's purposes",
            "final_report": False,
            "tranches": [{"number": 1, "money": dollars(asked.amount)}],
            "support": {"total": dollars(asked.support)} if asked.support else None,
            "places": [place(one) for one in asked.places],
            "equivalency": determination(asked.advice) if asked.advice else None,
            "regrant": regrant(asked.supported, case.addresses) if asked.supported else None,
        },
    }
    return Proposal.model_validate(content)


def dollars(amount: int) -> dict[str, str]:
    """Return a sum in USD as a proposal writes it."""
    return {"amount": f"{amount}.00", "currency": "USD"}


OFFICER = "Ines Marek"
"""Who signs for each payee; invented."""


def party(body: Body, addresses: Mapping[str, dict[str, Any] | None]) -> dict[str, Any]:
    """Return a body as a proposal names it, with the address that it has by its EIN."""
    return {
        "name": body.name[:140],
        "kind": body.kind,
        "country": body.country,
        "ein": body.ein or None,
        "address": addresses.get(body.ein) if body.country == "US" else None,
        "papers": [paper(kind, body.country) for kind in body.papers],
        "principals": [
            *({"name": name, "role": "DIRECTOR", "kind": "INDIVIDUAL"} for name in body.people or (OFFICER,)),
            {"name": OFFICER, "role": "SIGNATORY", "kind": "INDIVIDUAL"},
        ],
        "nobody_owns": True,
    }


def paper(kind: str, country: str = "") -> dict[str, Any]:
    """Return a paper on file that a verifier read. An extract is of the country's charities' or companies' register."""
    kind, _, held = kind.partition(":")
    lately = date.today() - timedelta(days=300)  # noqa: DTZ011
    paper = {"kind": kind, "dated": lately, "sha256": "5a" * 32, "kept_by": "The file room", "read_by": READER}
    if kind != "REGISTRATION":
        return paper
    charities, companies = EXTRACTS[country]
    return {**paper, "number": {"scheme": companies if held else charities, "number": "2007/031592/07"}}


def place(written: str) -> dict[str, str]:
    """Return a place of activity from a country's code, or a region's."""
    return {"country": written[:2]} | ({"region": written} if "-" in written else {})


def determination(advice: Advice) -> dict[str, Any]:
    """Return an equivalency determination that is complete and current, but for what the case says it lacks."""
    issued = date.today() - timedelta(days=500 if advice.lapsed else 100)  # noqa: DTZ011
    return {
        "practitioner": "ATTORNEY",
        "funder": advice.funder,
        "issued_on": issued,
        "valid_until": issued + timedelta(days=365),
        "basis": "170(b)(1)(A)(vi)",
        "data_year": issued.year,
        "year_ended_on": date(issued.year, 12, 31),
        "practitioner_name": "Lena Hartwig",
        "credential": "State Bar of Kansas 20417",
        "blocked_check": True,
        "blocked_checked_on": issued,
        "paper": paper("EQUIVALENCY") if advice.with_paper else None,
    }


def regrant(body: Body, addresses: Mapping[str, dict[str, Any] | None]) -> dict[str, Any]:
    """Return a re-grant to one body, which the payee chooses and binds to the same purposes."""
    given = [{"party": party(body, addresses), "purpose": "Courses in the villages"}]
    return {"subrecipients": given, "payee_selects": True, "covenant": True}


async def live(office: Office, case: Case) -> str | None:
    """Run one case to its outcome. Return a description of the difference from the expected one, or None."""
    desk, proposed = office.desk, proposal(case)
    await desk.propose(proposed, "pia.berg")
    state = await reach(office, case.reference)
    if (got := state.stage.value) != case.expected.stage and not _late(state, case):
        return f"{case.reference} [{case.drawn_as}] {case.asked}: {got}, expected {case.expected}: {_said(state)}"
    if case.expected.stage == APPROVED:
        await pay(office, case)
    elif case.expected.stage == RETURNED:
        await desk.decide(await desk.known_sight(case.reference), c.Withdraw, "pia.berg", reason="it cannot be cured")
    elif case.expected.stage != DECLINED:
        seen = await desk.known_sight(case.reference)
        await desk.decide(seen, c.Decline, "vera.lind", reason="not documented in time")
    return None


def _said(state: Partnership) -> str:
    """Return the reason why a case was declined or, if it was not, the finding that decided the assessment."""
    return state.why or (state.assessment.deciding if state.assessment else "not assessed")


def _late(state: Partnership, case: Case) -> bool:
    """True if only the screening referred the case: the independent look-up does not compare similar names."""
    referred = state.assessment.with_outcome(Outcome.REFER) if state.assessment else ()
    by_screening = {finding.rule_id for finding in referred} == {"SANCTIONS"}
    return state.stage is Stage.ELIGIBILITY and case.expected.stage == APPROVED and by_screening


async def reach(office: Office, reference: str) -> Partnership:
    """Wait for the partnership to be assessed or to end, and return it."""
    while True:
        known = await office.desk.known_partnership(reference)
        if known.ended or known.assessment is not None:
            return known
        await asyncio.sleep(0.1)


async def pay(office: Office, case: Case) -> None:
    """Clear a referral by a similar name, approve, agree, release and settle."""
    desk = office.desk
    state = await desk.known_partnership(case.reference)
    if state.stage is Stage.ELIGIBILITY:
        seen = await desk.known_sight(case.reference)
        await desk.decide(
            seen, c.Approve, "vera.lind", no_interest=True, reason="another organisation of a similar name"
        )
    for role in (await desk.known_partnership(case.reference)).missing_approvals:
        await desk.decide(
            await desk.known_sight(case.reference), c.Approve, APPROVERS[role], no_interest=True, reason="within budget"
        )
    for condition in (await desk.known_partnership(case.reference)).open_conditions():
        seen = await desk.known_sight(case.reference)
        await desk.decide(seen, c.Satisfy, "vera.lind", condition=condition, note="filed with the papers")
    for kind, actor, content in (
        (c.SignAgreement, "dora.kim", {"signed_on": date(2026, 11, 2), "account": await account(office, case)}),
        (c.Release, "paul.nkosi", {"tranche": 1}),
    ):
        await desk.decide(await desk.known_sight(case.reference), kind, actor, **content)
    await office.until(StreamId.attempt(case.reference, 1, 1), "PaymentInstructed")
    await hand_over_and_answer(desk, case.reference)
    # What is still owed after the close keeps its workflow running.
    while not (await desk.known_partnership(case.reference)).ended:
        await asyncio.sleep(0.05)


async def account(office: Office, case: Case) -> AccountReference:
    """Record an account in the payee's own name, and confirm it by call-back."""
    payee = case.asked.payee
    number = f"{int(payee.ein or case.reference[-5:]):012}"
    details = AccountDetails(
        holder=payee.name[:140], number=number, bic="BOFAUS3N", town="Albany", country=payee.country
    )
    async with office.desk.pool.acquire() as connection:
        reference = await record_account(connection, details, RECORDER)
    await vouch(office.desk, reference, RECORDER)
    await confirm_account(office.desk, reference, CALLER, "called the number on the payee's own page")
    return reference


async def load_registers(
    office: Office, data: Path, archive: Archive, names: Collection[str] = tuple(REGISTERS)
) -> None:
    """Load the real files through the product's own loaders, as if they were published today: they are old samples."""
    today = date.today()  # noqa: DTZ011
    files = {
        "irs-bmf": (tuple(sorted((data / "irs/bmf").glob("*.csv"))), today, None),
        "irs-pub78": ((data / "irs/pub78/data-download-pub78.txt",), today, None),
        "irs-revocation": ((data / "irs/revocation/revocation-sample.txt",), today, 1),
        "ofac-sdn": (tuple(data / f"ofac/2021-07/{n}.csv" for n in ("sdn", "alt", "add")), today, None),
        "ofac-consolidated": (tuple(SAMPLE / f"registers/cons_{n}.csv" for n in ("prim", "alt", "add")), today, 1),
        "un-consolidated": ((data / "un/UN_consolidated.xml",), today, None),
    }
    for register, (paths, source_date, floor) in files.items():
        if register not in names:
            continue
        started = time.perf_counter()
        async with office.desk.pool.acquire() as connection:
            report = await load(connection, register, paths, source_date, archive, floor)
        assert report.loaded, report.note
        took = time.perf_counter() - started
        out.print(f"{register}: {report.row_count} rows in {took:.1f} s, {report.bad_count} bad")


async def disagreements(office: Office, cases: list[Case]) -> list[str]:
    """Return a line for each case whose workflow's state differs from the fold of its ledger stream."""
    found = []
    for case in cases:
        handle = office.desk.temporal.get_workflow_handle(f"partnership/{case.reference}")
        if await handle.query("status", result_type=Partnership) != await office.desk.known_partnership(case.reference):
            found.append(f"{case.reference}: the workflow and the ledger disagree")
    return found


async def run(data: Path, count: int, at_once: int, seed: int) -> int:
    """Load the registers, draw the cases, run them, check them, and print the report."""
    registers = Registers(data)
    out.print(f"The files are samples of past years, taken as published on {date.today()}.")  # noqa: DTZ011
    cases = draw(registers, count, seed)
    gate = asyncio.Semaphore(at_once)
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as folder:
        async with open_office(Path(folder), workers=1, sample_registers=False) as office:
            await load_registers(office, data, Archive(Path(folder) / "archive"))
            with Progress(console=out, transient=True) as progress:
                task = progress.add_task("Partnerships", total=count)

                async def one(case: Case) -> str | None:
                    async with gate:
                        fault = await live(office, case)
                    progress.advance(task)
                    return fault

                started = time.perf_counter()
                faults = await asyncio.gather(*map(one, cases))
                seconds = time.perf_counter() - started
            say_shares(cases, faults)
            wrong = [fault for fault in faults if fault] + await disagreements(office, cases)
            memory = psutil.Process(office.stack.workers[0].pid).memory_info().rss / 2**20
            told = zip(cases, faults, strict=True)
            paid = [case for case, fault in told if case.expected.stage == APPROVED and not fault]
            events = [(await cost_of(office.desk.temporal, *workflows_of(case.reference))).events for case in paid[:20]]
            return report(await office.desk.portfolio(), cases, wrong, seconds, memory, events)


def say_shares(cases: list[Case], faults: list[str | None]) -> None:
    """Print the number of cases for each question, of those with the expected outcome, and the outcomes."""
    heads = ("Question", "Asked", "As expected", "Goes on", "Referred", "Sent back", "Declined")
    table = Table(*heads, title="What was asked")
    told = list(zip(cases, faults, strict=True))
    for question in dict.fromkeys(sorted(case.question for case in cases)):
        of = [(case, fault) for case, fault in told if case.question == question]
        stages = Counter(case.expected.stage for case, _ in of)
        agreed = sum(fault is None for _, fault in of)
        table.add_row(question, *map(str, (len(of), agreed, *(stages[stage] for stage in SEVERITY))))
    out.print(table)


def report(
    portfolio: list[Partnership], cases: list[Case], wrong: list[str], seconds: float, memory: float, events: list[int]
) -> int:
    """Print the outcomes by rule, the time and the memory, and return the exit code."""
    table = Table("Outcome", "Because of", "Partnerships", title="Outcomes by rule")
    outcomes = Counter((known.stage.value, _because(known)) for known in portfolio)
    for (stage, because), number in sorted(outcomes.items()):
        table.add_row(stage, because, str(number))
    out.print(table)
    out.print(f"{len(cases)} partnerships in {seconds:.1f} s, {len(cases) / seconds:.1f} a second")
    out.print(f"history events of a paid lifecycle: {min(events)} to {max(events)}; worker memory: {memory:.0f} MiB")
    out.print(f"expected outcomes reached: {len(cases) - len(wrong)} of {len(cases)}")
    for line in wrong[:40]:
        out.print(f"  {line}", markup=False, soft_wrap=True)
    return 1 if wrong else 0


def _because(known: Partnership) -> str:
    if known.assessment is None:
        return "-"
    deciding = known.assessment.with_outcome(known.assessment.outcome)
    return ", ".join(dict.fromkeys(finding.rule_id for finding in deciding)) + f" ({known.assessment.outcome.value})"


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of real registers")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if not (chosen.data / "irs/bmf").is_dir():
        out.print(f"no registers in {chosen.data}; give their folder with DATA=...")
        return 2
    return asyncio.run(run(chosen.data, chosen.count, chosen.at_once, chosen.seed))
