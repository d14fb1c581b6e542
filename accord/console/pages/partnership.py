"""The page of one partnership: the case as its reader needs it, and at its side what they can decide."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.audit.signatures import authorship_of
from accord.client.counsel import confirmations, with_counsel
from accord.client.door.links import handed_in_for, links_of
from accord.client.foresight import ApprovalsForeseen, foreseen_approvals
from accord.client.imported.claim import claim_on_record
from accord.client.papers.letters import letters_of
from accord.client.papers.named import papers_of
from accord.client.reading import LedgerAccess, unknown_partnership
from accord.client.sight import Sight
from accord.console.deciding.acts import OfferedAct, open_acts
from accord.console.door.invitations import DoorOfCase, door_of_case
from accord.console.importing.claims import before_in_words
from accord.console.pages.case.about import about
from accord.console.pages.case.activity import activity_of, comments_of
from accord.console.pages.case.budget import budget_sheet, milestones_of_case
from accord.console.pages.case.filed import NO_FILE, MadeFileAhead, file_ahead
from accord.console.pages.case.kept import kept_in_words, letters_in_words
from accord.console.pages.case.money import funds_of, money_of, refunds_of
from accord.console.pages.case.rail import rail_of
from accord.console.pages.case.reports import due_reports, received_reports
from accord.console.pages.case.rules import rules_of
from accord.console.pages.tables import fund_names
from accord.console.pages.times import Times
from accord.console.serving.desk import TO_PARTNERSHIPS, Console
from accord.presentation.shown_accounts import ShownAccount, shown_account
from accord.presentation.words.codes import words_of
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.fault import Fault
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.hold.holds import Hold
from domain.partnership.partners import key_of
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from domain.streams import RULE_BOOK_STREAM, TRUTHS_STREAM, StreamId
from domain.truths.touching import touching
from domain.values import is_partnership_id
from ledger import clock
from records.truths import ALIKE, read_truths


async def show(request: Request) -> Response:
    """Show a partnership, as it is or as of two dates, or as of a version that somebody was shown."""
    console: Console = request.app.state.console
    partnership_id = request.path_params["partnership"].upper()
    stream = (StreamId.partnership(partnership_id),) if is_partnership_id(partnership_id) else ()
    async with console.desk.reader.together(*stream, RULE_BOOK_STREAM, TRUTHS_STREAM):
        return await _shown(request, partnership_id)


async def _shown(request: Request, partnership_id: str) -> Response:
    console: Console = request.app.state.console
    times, reader = Times.of(request), request.state.reader
    history = times.within(await console.desk.history(partnership_id))
    partnership = fold(partnership_id, tuple(cast(Event, recorded_event.event) for recorded_event in history))
    if partnership.proposal is None:
        if times.are_present and await claim_on_record(console.desk, partnership_id) is not None:
            return RedirectResponse(f"/before/{partnership_id}", 303)
        reason = (
            str(unknown_partnership(partnership_id))
            if times.are_present
            else f"{partnership_id} was not proposed by then"
        )
        return problem(request, 404, reason, TO_PARTNERSHIPS)
    if times.are_present:
        partnership = with_counsel(partnership, await confirmations(console.desk))
    sight = Sight(partnership, history[-1].position)
    look_task = asyncio.create_task(console.looked_at(reader, partnership_id))
    try:  # nothing is shown before the look is on record, and it is recorded while the page is made
        facts = await _looked_up(console, sight, history, reader, is_present=times.are_present)
        typed = getattr(request.state, "comment", "")
        return page(request, "partnership.html", {**facts, "times": times, "typed": typed})
    finally:
        await look_task


async def _looked_up(
    console: Console, sight: Sight, history: Sequence[RecordedEvent], reader: str, *, is_present: bool
) -> dict[str, Any]:
    """Return the page's facts on a partnership, with what is looked up for them, all at once."""
    partnership, desk = sight.partnership, console.desk
    stream = StreamId.partnership(partnership.partnership_id)
    directory = await desk.directory()
    faults, foreseen, funds, account, truths, door = await asyncio.gather(
        authorship_of(desk.ledger, desk.registrar, stream),
        _foreseen(desk, partnership, is_present=is_present),
        fund_names(console, funds_of(partnership)),
        _account(desk, partnership),
        read_truths(desk.reader),
        _door(console, partnership, reader, is_present=is_present),
    )
    names = NamesInWords(directory)
    file = await file_ahead(console, partnership, names) if is_present else NO_FILE
    case = case_of(sight, history, names, faults, reader, foreseen, file)
    return {
        **case,
        "money": money_of(partnership, names, funds) if funds else case["money"],
        "account": account,
        "papers": await kept_in_words(console, case["papers"]),
        "letters": await letters_in_words(console, case["letters"]),
        "door": door,
        "before": await _before(desk, partnership.partnership_id),
        "told": [truth for truth, _ in touching(truths, partnership.proposed, ALIKE)],
        "workflow": console.settings.workflow(stream),
    }


async def _before(desk: LedgerAccess, partnership_id: str) -> str:
    """Return what is claimed of a partnership that goes on from one of before Accord, or ''."""
    claim = await claim_on_record(desk, partnership_id)
    return before_in_words(claim) if claim is not None else ""


async def _foreseen(desk: LedgerAccess, partnership: Partnership, *, is_present: bool) -> ApprovalsForeseen | None:
    return await foreseen_approvals(desk, partnership) if is_present else None


async def _door(console: Console, partnership: Partnership, reader: str, *, is_present: bool) -> DoorOfCase:
    """Return the grantee's door of a partnership. Where it has links, who has them is a look."""
    if not is_present:
        return DoorOfCase()
    pool, partnership_id = console.desk.pool, partnership.partnership_id
    links = await links_of(pool, partnership_id, reader)
    submissions = await handed_in_for(pool, partnership_id) if links else ()
    return door_of_case(partnership, links, submissions)


async def _account(desk: LedgerAccess, partnership: Partnership) -> ShownAccount | None:
    account = partnership.account
    return await shown_account(desk.pool, account.reference) if account is not None else None


def case_of(
    sight: Sight,
    history: Sequence[RecordedEvent],
    names: NamesInWords,
    faults: dict[int, Fault | None],
    reader: str,
    foreseen: ApprovalsForeseen | None = None,
    file: MadeFileAhead = NO_FILE,
) -> dict[str, Any]:
    """Return the facts of a case that follow from its history, with the faults of its signatures, for its reader."""
    partnership = sight.partnership
    return {
        "known": partnership,
        "seen": sight,
        "proposal": partnership.proposed,
        "partner_key": key_of(partnership.proposed.partner),
        "about": about(partnership, names),
        "money": money_of(partnership, names),
        "budget": budget_sheet(partnership),
        "milestones": milestones_of_case(partnership, names),
        "refunds": refunds_of(partnership, names),
        "account_verifier": names.person(partnership.account_verifier) if partnership.account_verifier else "",
        "due_reports": due_reports(partnership),
        "received_reports": received_reports(partnership, history, names),
        "papers": papers_of(partnership, history, names),
        "letters": letters_of(history, names),
        "door": door_of_case(partnership, (), ()),
        "before": "",
        "rules": rules_of(partnership, names),
        "rail": rail_of(
            partnership, _open_acts(partnership, reader, names, foreseen), history, names, reader, foreseen, file
        ),
        "track": track_of(partnership),
        "holds": [(hold, names.person(hold.actor), _held(hold)) for hold in partnership.holds],
        "comments": comments_of(history, names),
        "activity": activity_of(history, faults, names),
        "names": names,
        "stage": words_of(partnership.stage),
        "tone": TONES.get(partnership.stage, "info"),
        "assigned": names.person(partnership.assigned) if partnership.assigned else "",
        "question": names.within(partnership.question),
        "answered": [
            (names.within(reply.question), names.within(reply.answer), names.person(reply.actor))
            for reply in partnership.answered
        ],
    }


def _open_acts(
    partnership: Partnership, reader: str, names: NamesInWords, foreseen: ApprovalsForeseen | None
) -> tuple[OfferedAct, ...]:
    together = foreseen.together if foreseen is not None else ()
    return open_acts(partnership, reader, names.directory, clock.today(), together)


TONES: Final = {
    Stage.ACTIVE: "good",
    Stage.CLOSED: "neutral",
    Stage.DECLINED: "bad",
    Stage.WITHDRAWN: "neutral",
    Stage.TERMINATED: "bad",
    Stage.PROPOSED: "warn",
    Stage.ELIGIBILITY: "warn",
}


class StageOnTheWay(NamedTuple):
    """A stage on the way of a partnership."""

    words: str
    state: str
    """done, now, stop, or '' for to come."""


_WAY: Final = (
    (Stage.PROPOSED, "Proposed"),
    (Stage.ELIGIBILITY, "Checked"),
    (Stage.APPROVAL, "Approval"),
    (Stage.AGREEMENT, "Agreement"),
    (Stage.ACTIVE, "Payments and reports"),
    (Stage.CLOSED, "Closed"),
)
_PLACE: Final = {stage: place for place, (stage, _) in enumerate(_WAY)} | {Stage.DUE_DILIGENCE: 1}


def track_of(partnership: Partnership) -> tuple[StageOnTheWay, ...]:
    """Return the way of a partnership, and where on it it stands."""
    if partnership.stage not in _PLACE:
        reached = 5 if partnership.agreed_on is not None else 3 if partnership.quorum_completed_at else 2
        done = (StageOnTheWay(words, "done") for _, words in _WAY[:reached])
        return (*done, StageOnTheWay(words_of(partnership.stage), "stop"))
    here = _PLACE[partnership.stage]
    current = "done" if partnership.stage is Stage.CLOSED else "stop" if partnership.holds else "now"
    return tuple(
        StageOnTheWay(words, "done" if place < here else current if place == here else "")
        for place, (_, words) in enumerate(_WAY)
    )


def _held(hold: Hold) -> str:
    """Return what a hold holds, in words."""
    if hold.whole_agreement:
        return "every partnership under its agreement"
    return words_of(hold.leg) if hold.leg is not None else "it all"
