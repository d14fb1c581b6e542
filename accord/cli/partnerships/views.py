"""Shell commands that show one partnership, as its events say it: its state now or as of two times, and its history."""

from __future__ import annotations

from typing import Any

import typer

from accord.audit.signatures import authorship_of
from accord.cli.imports.showing import print_claim, told_of_claim
from accord.cli.options import AsOfOption, JsonOption, KnownAtOption, ReadIdArgument, run
from accord.cli.partnerships.reading import cut_at, related_at, state_of
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.printing.partnership_page import print_partnership
from accord.cli.printing.partnerships import portfolio_table
from accord.client.counsel import confirmations, with_counsel
from accord.client.database import open_database
from accord.client.imported.claim import ClaimOnRecord, claim_on_record
from accord.client.partners import earlier_judgements
from accord.client.reading import LedgerAccess, unknown_partnership
from accord.client.waiting.made_files import EXPORT, with_made_file
from accord.client.waiting.open_sheets import with_open_sheet
from accord.presentation.faults import Refused
from accord.presentation.telling import told_of
from domain.directory.disregarded import Disregarded
from domain.directory.erasures import UNPROVED_WORDS
from domain.fault import Fault
from domain.partnership.agreement.agreements import same_agreement
from domain.partnership.diligence.judgements import Judgement
from domain.partnership.state import Partnership
from domain.partnership.waiting.outlook import BANKS_ANSWER, Outlook, outlook
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from domain.truths.touching import touching
from domain.values import is_partnership_id
from ledger import clock
from ledger.projections import ReadModel
from records.read_models.as_of import LedgerAsOf, documents_as_of
from records.read_models.partnerships import PARTNERSHIPS
from records.truths import ALIKE, read_truths


def show(
    partnership: ReadIdArgument, as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False
) -> None:
    """Show one partnership: its stage, next step, findings, conditions and payments.

    Example: accord show P-2026-0042 --as-of 2026-06-30
    """
    ledger_as_of = cut_at(as_of, known_at)

    async def work() -> Partnership | ClaimOnRecord:
        async with open_database() as pool:
            desk = LedgerAccess(pool)
            if ledger_as_of.present and (claim := await _claim_alone(desk, partnership)) is not None:
                return claim
            current_state = await _one(desk, partnership, ledger_as_of)
            return with_counsel(current_state, await confirmations(desk)) if ledger_as_of.present else current_state

    async def beside() -> tuple[list[Partnership], tuple[Judgement, ...]]:
        async with open_database() as pool:
            desk = LedgerAccess(pool)
            portfolio = await related_at(desk, record, ledger_as_of)
            return under_agreement_of(record, portfolio), await earlier_judgements(desk, record, portfolio)

    on_record = run(work())
    if isinstance(on_record, ClaimOnRecord):
        return print_claim(on_record, as_json=as_json)
    record: Partnership = on_record
    ahead = _ahead(record) if ledger_as_of.present else outlook(record)
    if as_json:
        return print_json({**record.model_dump(mode="json"), "outlook": ahead.model_dump(mode="json")})
    print_partnership(record, ahead)
    partnerships, judgements = run(beside())
    for judgement in judgements:
        out.print(_judged_before(judgement), soft_wrap=True, markup=False)
    if partnerships:
        out.print(portfolio_table(partnerships))
    for line in run(_told_of(record)) if ledger_as_of.present else ():
        out.print(line, soft_wrap=True, markup=False)
    return None


def _judged_before(judgement: Judgement) -> str:
    days = (clock.today() - judgement.at.date()).days
    source = f"{judgement.actor}, {days} days ago, {judgement.partnership_id}"
    return f"Judged before: {judgement.key}: {judgement.reason} ({source})"


async def _told_of(partnership: Partnership) -> list[str]:
    """Return the claim of before that a partnership goes on from, and truths about those whom it names, in words."""
    async with open_database() as pool:
        desk = LedgerAccess(pool)
        truths, claim = await read_truths(desk.reader), await claim_on_record(desk, partnership.partnership_id)
    told = [f"Told: {truth.standing}" for truth, _ in touching(truths, partnership.proposed, ALIKE)]
    return [f"Before Accord: {told_of_claim(claim)}", *told] if claim is not None else told


async def _claim_alone(desk: LedgerAccess, partnership_id: str) -> ClaimOnRecord | None:
    """Return the claim of before under an id, unless a partnership was proposed under it."""
    claim = await claim_on_record(desk, partnership_id)
    return claim if claim is not None and claim.here is None else None


async def _one(desk: LedgerAccess, partnership_id: str, ledger_as_of: LedgerAsOf) -> Partnership:
    if not is_partnership_id(partnership_id):
        raise unknown_partnership(partnership_id)
    partnership = await desk.known_partnership(partnership_id)
    stream_id = StreamId.partnership(partnership_id)
    if ledger_as_of.present:
        await _compare(desk, stream_id, partnership)
        return partnership
    document = (await documents_as_of(desk.ledger, PARTNERSHIPS, ledger_as_of, stream_id)).get(stream_id)
    if document is None:
        raise Refused(f"{partnership_id} was not proposed by then", "Unknown")
    return state_of(document)


async def _compare(desk: LedgerAccess, stream_id: str, partnership: Partnership) -> None:
    """Print a warning if the read model differs from a partnership's events, or an event's author is not proved."""
    document = await ReadModel(desk.ledger, PARTNERSHIPS.name).document(stream_id)
    model_state = state_of(document) if document is not None else partnership
    if model_state.version == partnership.version and model_state != partnership:
        warning = (
            f"accord: the lists show something else of {partnership.partnership_id} than its events say, which is "
            "shown here; tell an operator: `accord ledger verify`"
        )
        err.print(warning, style="yellow", soft_wrap=True, markup=False)
    for version, fault in (await authorship_of(desk.ledger, desk.registrar, stream_id)).items():
        if fault == UNPROVED_WORDS:
            err.print(f"accord: version {version}: {fault}", style="yellow", soft_wrap=True, markup=False)
        elif fault:
            warning = f"accord: version {version} does not come from whom it names ({fault}); decide nothing on it"
            err.print(warning, style="red", soft_wrap=True, markup=False)


def _ahead(partnership: Partnership) -> Outlook:
    """Return the next step now: none that the workflow refuses, since it knows more than the ledger holds."""
    # Only here, so that neither a bad request nor a look at the past waits for Temporal's library.
    from accord.client.told_ahead import told_ahead

    async def stopped() -> Fault | None:
        async with open_database() as pool:
            return await told_ahead(LedgerAccess(pool).ledger, partnership.partnership_id, partnership.version)

    fault, ahead = run(stopped()), outlook(partnership)
    if fault:
        return Outlook(awaiting=(), next_step=str(fault))
    if ahead.next_step == BANKS_ANSWER:
        return run(_with_open_sheet(partnership, ahead))
    if not ahead.command.startswith(EXPORT):
        return ahead
    if waits := _waits(partnership.partnership_id):
        return Outlook(awaiting=(), next_step=f"what keeps the payment back: {waits}", due=ahead.due)
    return run(_with_made_file(partnership.partnership_id, ahead))


async def _with_open_sheet(partnership: Partnership, ahead: Outlook) -> Outlook:
    async with open_database() as pool:
        return await with_open_sheet(LedgerAccess(pool), partnership, ahead)


async def _with_made_file(partnership_id: str, ahead: Outlook) -> Outlook:
    async with open_database() as pool:
        return await with_made_file(LedgerAccess(pool), partnership_id, ahead)


def _waits(partnership_id: str) -> Fault | None:
    """Return the reason why the payments of a partnership would get into no file now, or None."""
    from accord.client.desk import open_desk
    from accord.counter.kept_back import why_kept_back

    async def look() -> Fault | None:
        async with open_desk() as desk:
            return await why_kept_back(desk, partnership_id)

    return run(look())


def under_agreement_of(subject: Partnership, portfolio: list[Partnership]) -> list[Partnership]:
    """Return the other partnerships under the same agreement."""
    partnerships = (partnership for partnership in portfolio if partnership.partnership_id != subject.partnership_id)
    return [partnership for partnership in partnerships if same_agreement(partnership.proposed, subject.proposed)]


def history(partnership: ReadIdArgument, as_json: JsonOption = False) -> None:
    """Show all events of a partnership, the oldest first. Reads the ledger only.

    Signed means that the signature over exactly this content was verified, with the person's key at that time.
    Example: accord history P-2026-0042
    """

    async def work() -> tuple[list[Any], dict[int, Fault | None]]:
        async with open_database() as pool:
            desk = LedgerAccess(pool)
            await desk.known_partnership(partnership)
            authors = await authorship_of(desk.ledger, desk.registrar, StreamId.partnership(partnership))
            return await desk.history(partnership), authors

    recorded_events, authors = run(work())
    if as_json:
        return print_json(
            [
                {**recorded_event.model_dump(mode="json"), "signed": _signed(recorded_event, authors)}
                for recorded_event in recorded_events
            ]
        )
    rows = [
        (
            item.version,
            f"{item.event.at:%Y-%m-%d %H:%M:%S}",
            _what(item.event),
            _who(item.event),
            _signed_in_words(item.version, authors),
            told_of(item.event),
        )
        for item in recorded_events
    ]
    return out.print(rows_table(("Version", "Asked at (UTC)", "Event", "Who", "Signed", "What"), rows, partnership))


def _signed(event: RecordedEvent, authors: dict[int, Fault | None]) -> bool | None:
    """True if an event is proved to come from the person it names, and None if it names nobody."""
    return authors[event.version] is None if event.version in authors else None


def _signed_in_words(version: int, authors: dict[int, Fault | None]) -> str:
    if version not in authors:
        return "-"
    fault = authors[version]
    if fault is None:
        return "yes"
    return f"not proved: {fault}" if fault == UNPROVED_WORDS else f"NO: {fault}"


def _what(event: Any) -> str:
    """Return an event's type, marked if the event counts for nothing."""
    return f"{event.recorded} (counts for nothing)" if isinstance(event, Disregarded) else str(event.event_type)


def _who(event: Any) -> str:
    return "-" if isinstance(event, Disregarded) else str(getattr(event, "actor", "accord"))


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(show)
    app.command()(history)
