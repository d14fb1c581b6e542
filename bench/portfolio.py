"""`make bench-portfolio`: hundreds of partnerships whose payees are drawn from the real registers.

Each must reach the outcome that the rules give for its row, worked out by an independent look-up; what the rule book
lets through is approved, agreed, released and settled.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from accord.client.governance import confirm_account, vouch
from accord.demo.sample import CALLER, RECORDER, SAMPLE
from accord.demo.steps import APPROVERS
from bench.banking import hand_over_and_answer, is_instructed
from bench.independent import APPROVED, DECLINED, FUNDERS, Expected, Registers
from bench.lifecycle import history_events
from bench.office import Office, open_office
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.state import Partnership, Stage
from domain.policy.findings import Outcome
from domain.proposal import Proposal
from payments.accounts import AccountDetails, record_account
from registers.loading.archive import Archive
from registers.loading.loader import load

out = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A payee to propose, and the outcome that is expected."""

    reference: str
    name: str
    ein: str
    funder: str
    drawn_as: str
    expected: Expected
    central: tuple[str, str] | None


def draw(registers: Registers, count: int, seed: int) -> list[Case]:
    """Draw payees: every foundation code, group subordinates, other subsections, the SDN list, EINs in no list."""
    chance = random.Random(seed)
    pools = pools_of(registers)
    cases = []
    for number in range(count):
        drawn_as = list(pools)[number % len(pools)]
        name, ein = chance.choice(pools[drawn_as])
        funder = FUNDERS[(number // len(pools)) % len(FUNDERS)]
        expected = registers.expect(name, ein, funder)
        central = registers.central(ein)
        cases.append(Case(f"P-2026-{number + 1:05}", name, ein, funder, drawn_as, expected, central))
    return cases


def pools_of(registers: Registers) -> dict[str, list[tuple[str, str]]]:
    """Return the candidates, as (name, EIN), by kind of payee."""
    pools: dict[str, list[tuple[str, str]]] = {}
    for ein, row in registers.master.items():
        if row["SUBSECTION"] != "03":
            pools.setdefault(f"subsection {row['SUBSECTION']}", []).append((row["NAME"], ein))
        elif row["AFFILIATION"] in {"7", "9"}:
            pools.setdefault("group subordinate", []).append((row["NAME"], ein))
        else:
            pools.setdefault(f"foundation {row['FOUNDATION']}", []).append((row["NAME"], ein))
    entities = sorted(name for name in registers.sanctioned.values() if 8 < len(name) < 100)
    pools["sanctioned"] = [(name, f"99{number:07}") for number, name in enumerate(entities)]
    pools["in no list"] = [(f"Organisation {n} in no list", f"98{n:07}") for n in range(500)]
    pools["revoked"] = [(f"Revoked {ein}", ein) for ein in registers.revoked if ein not in registers.master]
    return {kind: pools[kind] for kind in sorted(pools)}


def proposal(case: Case) -> Proposal:
    """Return the proposal for a case."""
    payee: dict[str, Any] = {"name": case.name[:140], "kind": "NONPROFIT", "country": "US", "ein": case.ein}
    if case.central:
        payee["central"] = {"name": case.central[0], "ein": case.central[1]}
    content: dict[str, Any] = {
        "reference": case.reference,
        "title": f"A project with {case.name}"[:120],
        "partner": payee,
        "public_interest": {
            "mission_objective": "An open Internet",
            "community_served": "The people of one county",
            "statement": "Open to everybody at no charge",
            "objective": "OPEN",
            "community": {"kind": "RESIDENTS", "places": [{"country": "US"}], "number": "NOT_KNOWN"},
        },
        "funds_out": {
            "funder": case.funder,
            "payee": payee,
            "purpose": f"Training, {case.reference}",
            "no_private_benefit": "OPEN_TO_ALL",
            "alignment": "Carries out the supported organisation's purposes",
            "final_report": False,
            "tranches": [{"number": 1, "money": {"amount": "1000.00", "currency": "USD"}}],
        },
    }
    return Proposal.model_validate(content)


async def live(office: Office, case: Case) -> str | None:
    """Run one case to its outcome; return a description of the difference from the expected one, or None."""
    desk, proposed = office.desk, proposal(case)
    await desk.propose(proposed, "pia.berg")
    state = await reach(office, case.reference)
    if (got := state.stage.value) != case.expected.stage and not _late(state, case):
        return f"{case.reference} {case.name} ({case.ein}, {case.funder}): {got}, expected {case.expected}: {state.why}"
    if case.expected.stage == APPROVED:
        await pay(office, case)
    elif case.expected.stage != DECLINED:
        seen = await desk.known_sight(case.reference)
        await desk.decide(seen, c.Decline, "vera.lind", reason="not documented in time")
    return None


def _late(state: Partnership, case: Case) -> bool:
    """Return whether only the screening referred the case: the independent look-up does not compare similar names."""
    referred = state.assessment.with_outcome(Outcome.REFER) if state.assessment else ()
    by_screening = {finding.rule_id for finding in referred} == {"SANCTIONS"}
    return state.stage is Stage.ELIGIBILITY and case.expected.stage == APPROVED and by_screening


async def reach(office: Office, reference: str) -> Partnership:
    """Wait until the partnership is assessed or has ended, and return it."""
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
        await desk.decide(seen, c.Approve, "vera.lind", reason="another organisation of a similar name")
    for role in (await desk.known_partnership(case.reference)).missing_approvals:
        await desk.decide(await desk.known_sight(case.reference), c.Approve, APPROVERS[role], reason="within budget")
    for condition in (await desk.known_partnership(case.reference)).open_conditions():
        seen = await desk.known_sight(case.reference)
        await desk.decide(seen, c.Satisfy, "vera.lind", condition=condition, note="filed with the papers")
    for kind, actor, content in (
        (c.SignAgreement, "dora.kim", {"signed_on": date(2026, 11, 2), "account": await account(office, case)}),
        (c.Release, "paul.nkosi", {"tranche": 1}),
    ):
        await desk.decide(await desk.known_sight(case.reference), kind, actor, **content)
    while not await is_instructed(desk, case.reference):
        await asyncio.sleep(0.05)
    await hand_over_and_answer(desk, case.reference)
    await desk.temporal.get_workflow_handle(f"partnership/{case.reference}").result()


async def account(office: Office, case: Case) -> AccountReference:
    """Record an account in the payee's own name, and confirm it by call-back."""
    details = AccountDetails(
        holder=case.name[:140], number=f"{int(case.ein):012}", bic="BOFAUS3N", town="Albany", country="US"
    )
    async with office.desk.pool.acquire() as connection:
        reference = await record_account(connection, details, RECORDER)
    await vouch(office.desk, reference, RECORDER)
    await confirm_account(office.desk, reference, CALLER, "called the number on the payee's own page")
    return reference


async def load_registers(office: Office, data: Path, archive: Archive) -> None:
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
                wrong = [fault for fault in await asyncio.gather(*map(one, cases)) if fault]
                seconds = time.perf_counter() - started
            wrong += await disagreements(office, cases)
            memory = psutil.Process(office.stack.workers[0].pid).memory_info().rss / 2**20
            paid = [case for case in cases if case.expected.stage == APPROVED]
            events = [await history_events(office.desk.temporal, case.reference) for case in paid[:20]]
            return report(await office.desk.portfolio(), cases, wrong, seconds, memory, events)


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
    for line in wrong[:20]:
        out.print(f"  {line}", markup=False)
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


if __name__ == "__main__":
    sys.exit(main())
