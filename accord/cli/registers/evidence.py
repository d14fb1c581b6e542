"""Shell commands that query registers: show rows, screen a name, and recompute recorded evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from pydantic import ValidationError
from rich.markup import escape

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.registers.kept import look_on_disk
from accord.cli.typed_days import typed_day
from accord.client.database import open_database
from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import faults_of
from deploy.settings import archive_folder
from domain.directory.tiers import list_rule_of
from domain.parties import Party, PartyKind
from domain.partnership import events as e
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership
from domain.policy.rulebook import EDITIONS, RULE_BOOK, screened_under
from domain.proposal import Proposal
from domain.screening.conversion import ReferenceRates
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.tax_status import StatusEvidence
from domain.values import Value, is_partnership_id
from registers.history import RegisterAsOf, rows_of, versions_in_force
from registers.loading.archive import Archive
from registers.loading.texts import UnreadableFile
from registers.matching import Manner
from registers.replay import EvidenceReplay, replay_rates, replay_screening, replay_status
from registers.screening.lists import screen
from registers.sources.catalogue import REGISTERS

AsOfOption = Annotated[
    datetime | None,
    typer.Option("--as-of", metavar="DAY", parser=typed_day, help="What the publisher said of that day."),
]
KnownAtOption = Annotated[
    str | None,
    typer.Option("--known-at", help="What was in force here then (UTC): a day to its end, or 2026-11-02T09:00."),
]


class EvidenceFile(Value):
    """The content of an evidence file: the parties that were verified, and the registers' answers."""

    parties: tuple[Party, ...]
    payee: Party | None = None
    """The party that was verified or, if it is missing, the party with the EIN that was looked up."""
    verification: Verification
    near_from: float = RULE_BOOK.near_from
    manner: Manner = Manner.FIRST
    """The manner in which names were scored. Files of releases before edition 2026.6 do not say it."""


def show_rows(
    key: Annotated[str, typer.Argument(help="An EIN, the number of a listed entity, or a day of rates.")],
    register: Annotated[str | None, typer.Option("--register", help=f"One of: {', '.join(REGISTERS)}.")] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the register rows for an EIN, a listed entity's number or a day of rates, now or as of a past date.

    Example: accord registers show 54-1650477; accord registers show 541650477 --as-of 2025-06-30
    """
    if register is not None and register not in REGISTERS:
        raise BadInput(f"--register: no register {register!r}; there are {', '.join(REGISTERS)}")
    names = (register,) if register else tuple(REGISTERS)
    register_as_of = RegisterAsOf(as_of.date() if as_of else None, _moment(known_at) if known_at else None)

    async def work() -> tuple[Any, dict[str, list[Any]]]:
        async with open_database() as pool, pool.acquire() as connection:
            versions = await versions_in_force(connection, names, register_as_of)
            return versions, await rows_of(connection, versions, key.replace("-", ""))

    versions, register_rows = run(work())
    rows = [row for group in register_rows.values() for row in group]
    if as_json:
        return print_json({"asked": list(versions), "rows": [{k: str(v) for k, v in row.items()} for row in rows]})
    if not versions:
        return out.print("No version of these registers was loaded by then; see `accord registers status`.")
    sources = ", ".join(
        f"{version.register_name} version {version.version} of {version.source_date}" for version in versions
    )
    out.print(f"Asked: {sources}.", soft_wrap=True)
    if not rows:
        return out.print(f"None of them lists {key}.")
    cells = ((row["register"], f"{row['file']} line {row['line']}", row["listed_since"], row["row"]) for row in rows)
    return out.print(rows_table(("Register", "Place", "Since version", "As published"), cells))


def _moment(text: str) -> datetime:
    """Parse a moment: a day means its end, and a time without a zone is in UTC.

    Raises:
        BadInput: It is no day or time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--known-at: {text!r} is no day or moment; write 2026-11-02 or 2026-11-02T09:00") from None
    if len(text) <= len("2026-11-02"):
        moment += timedelta(days=1, microseconds=-1)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


BornOption = Annotated[
    datetime | None, typer.Option("--born", metavar="DAY", parser=typed_day, help="A person's birth date.")
]


def screen_against_lists(
    name: Annotated[str, typer.Argument(help="The name of an organisation or a person.")],
    person: Annotated[bool, typer.Option("--person", help="It is a person's.")] = False,
    country: Annotated[str, typer.Option("--country", help="ISO 3166-1 alpha-2.")] = "US",
    born: BornOption = None,
    as_json: JsonOption = False,
) -> None:
    """Screen a name against the sanctions lists, and explain each match word by word. Nothing is recorded.

    Example: accord registers screen "Zorvania Trading Bureau" --country KE;
    accord registers screen "Orlen Vask" --person --country KE --born 1961-04-03
    """
    try:
        kind = PartyKind.INDIVIDUAL if person or born else PartyKind.NONPROFIT
        party = Party(name=name, kind=kind, country=country, born=born.date() if born else None)
    except ValidationError as fault:
        raise BadInput(faults_of(fault)) from None

    async def work() -> ScreeningEvidence:
        look_on_disk()
        async with open_database() as pool, pool.acquire() as connection:
            lists = list_rule_of((await LedgerAccess(pool).directory()).rules).lists
            return await screen(connection, (party,), threshold=RULE_BOOK.near_from, lists=lists)

    evidence = run(work())
    if as_json:
        return print_json(evidence)
    if not evidence.asked:
        return out.print("No sanctions list is loaded; start with `accord registers refresh`.")
    for match in evidence.matches:
        match_text = f"{match.listed_name} ({match.kind.value.lower()}), {match.source}"
        out.print(f"[bold]{match.score:.0f}[/bold] {escape(match_text)}", soft_wrap=True)
        for line in match.explanation:
            out.print(f"    {line}", markup=False, soft_wrap=True)
    sources = ", ".join(f"{version.register_name} of {version.source_date}" for version in evidence.asked)
    return out.print(
        f"{len(evidence.matches)} of the listed names are near or the same; asked: {sources}.", soft_wrap=True
    )


def replay_evidence(
    evidence: Annotated[str, typer.Argument(help="A partnership, or a file of `verify-recipient --json`.")],
    as_json: JsonOption = False,
) -> None:
    """Recompute recorded evidence from the archived register files. Exit code 1 if the result differs.

    Example: accord registers replay P-2026-0042
    """
    replays = run(_replay(evidence))
    if as_json:
        print_json([{"what": result.what, "faults": list(result.faults)} for result in replays])
    else:
        for replay in replays:
            verdict = "[red]not the same[/red]" if replay.faults else "[green]the same[/green]"
            out.print(f"{verdict}: {replay.what}", soft_wrap=True)
            for fault in replay.faults:
                out.print(f"    {fault}", markup=False, soft_wrap=True)
    if faults := sum(len(result.faults) for result in replays):
        raise Refused(f"{faults} differences between what was recorded and what the archive says")


async def _replay(evidence: str) -> list[EvidenceReplay]:
    async with open_database() as pool:
        by_id, access = is_partnership_id(evidence), LedgerAccess(pool)
        cases = await _recorded(access, evidence) if by_id else [_written(Path(evidence))]
        rates = await _rates_recorded(access, evidence) if by_id else _rates_in(cases[0].verification)
        archive = Archive(archive_folder())
        async with pool.acquire() as connection:
            try:
                replays = [replay for case in cases for replay in await _replayed(connection, archive, case)]
                return [*replays, *[await replay_rates(connection, archive, of_day) for of_day in rates]]
            except UnreadableFile as fault:
                raise Refused(f"it cannot be made anew: {fault}") from fault


async def _replayed(connection: Any, archive: Archive, case: EvidenceFile) -> list[EvidenceReplay]:
    replays = [await replay_status(connection, archive, *pair) for pair in _verified(case)]
    screening = case.verification.screening
    replays.append(await replay_screening(connection, archive, case.parties, screening, case.near_from, case.manner))
    return replays


async def _rates_recorded(access: LedgerAccess, partnership_id: str) -> tuple[ReferenceRates, ...]:
    """Return the reference rates by which a partnership was looked at and decided, each once."""
    events = [recorded_event.event for recorded_event in await access.history(partnership_id)]
    sources = [source for event in events for source in (event, getattr(event, "verification", None))]
    return tuple(dict.fromkeys(rates for source in sources for rates in _rates_in(source)))


def _rates_in(source: Any) -> tuple[ReferenceRates, ...]:
    """Return the reference rates that evidence or an event holds, if it does."""
    conversion = getattr(source, "conversion", None)
    return (conversion.rates,) if conversion is not None and conversion.rates is not None else ()


def _verified(case: EvidenceFile) -> Iterator[tuple[Party, StatusEvidence]]:
    """Yield (party, evidence) for each party that was looked up: payee, those it supports, and central organisations.

    Raises:
        Refused: The evidence is about another EIN than the party's.
    """
    payee = case.payee or _bearer(case)
    central = payee.center if payee else None
    for party, status in ((payee, case.verification.status), (central, case.verification.central)):
        borne, evidence_ein = party.ein if party else None, status.ein if status else None
        if borne != evidence_ein:
            bearer = party.name if party else "nobody of the payee's group"
            raise Refused(f"{bearer} bears {_written_ein(borne)}, and the evidence is of {_written_ein(evidence_ein)}")
        if party and status:
            yield party, status
    yield from _supported(case)


def _supported(case: EvidenceFile) -> Iterator[tuple[Party, StatusEvidence]]:
    """Yield (party, evidence) for each party that the payee supports, and for the central organisation of its group.

    Raises:
        Refused: No party has the name and EIN of the evidence.
    """
    for evidence in case.verification.supported:
        candidates = (
            candidate
            for candidate in case.parties
            if (candidate.name, candidate.ein) == (evidence.party, evidence.status.ein)
        )
        party = next(candidates, None)
        if party is None:
            raise Refused(
                f"parties: none is {evidence.party} of {_written_ein(evidence.status.ein)}, who was looked up"
            )
        yield party, evidence.status
        if party.center is not None and evidence.central is not None:
            yield party.center, evidence.central


def _bearer(case: EvidenceFile) -> Party | None:
    """Return the party that was verified, found by the EINs that were looked up, or None if no EIN was.

    Raises:
        BadInput: Not exactly one of the parties has these EINs.
    """
    verification = case.verification
    eins = tuple(evidence.ein if evidence else None for evidence in (verification.status, verification.central))
    if eins == (None, None):
        return None
    bearers = {party for party in case.parties if (party.ein, party.central.ein if party.central else None) == eins}
    if len(bearers) != 1:
        ein_text = " in the group of ".join(_written_ein(ein) for ein in eins if ein)
        raise BadInput(f"parties: {len(bearers)} of them bear {ein_text}; name the one that was verified as `payee`")
    return bearers.pop()


def _written_ein(ein: str | None) -> str:
    return f"EIN {ein}" if ein else "no EIN"


async def _recorded(desk: LedgerAccess, partnership_id: str) -> list[EvidenceFile]:
    """Return all register evidence recorded on a partnership, each with the parties at that time."""
    files, state, pending = list[EvidenceFile](), Partnership(partnership_id=partnership_id), None
    for recorded_event in await desk.history(partnership_id):
        event = cast(e.Event, recorded_event.event)
        match event:
            case e.DueDiligenceCompleted(verification=verification):
                pending = verification
            case e.EligibilityAssessed(assessment=assessment) if pending is not None:
                files.append(_case(state.proposed, pending, assessment.rule_book))
                pending = None
            case e.RegistersRechecked(verification=verification, assessment=assessment):
                files.append(_case(state.proposed, verification, assessment.rule_book))
            case _:
                pass
        state = evolve(state, event)
    if not files:
        raise Refused(f"{partnership_id} was never verified; see `accord show {partnership_id}`", "Unknown")
    return files


def _case(proposal: Proposal, verification: Verification, edition: str) -> EvidenceFile:
    book = EDITIONS.get(edition, RULE_BOOK)
    payee = proposal.funds_out.payee if proposal.funds_out else None
    parties = screened_under(edition, proposal, verification)
    return EvidenceFile(
        parties=parties, payee=payee, verification=verification, near_from=book.near_from, manner=Manner(book.manner)
    )


def _written(path: Path) -> EvidenceFile:
    try:
        content = json.loads(path.read_text("utf-8"))
        return EvidenceFile.model_validate(content.get("evidence", content))
    except OSError as fault:
        raise BadInput(f"{path} cannot be opened, and it is no partnership: {fault.strerror}") from None
    except (ValueError, AttributeError) as fault:
        why = faults_of(fault) if isinstance(fault, ValidationError) else "it is no JSON object"
        raise BadInput(f"{path} holds no evidence: {why}; make it with `accord verify-recipient ... --json`") from None


def register(app: typer.Typer) -> None:
    """Add these commands to those on registers."""
    app.command("show")(show_rows)
    app.command("screen")(screen_against_lists)
    app.command("replay")(replay_evidence)
