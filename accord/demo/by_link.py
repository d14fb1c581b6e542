"""The grant of the demo whose grantee does all by link: they accept, report, answer, and ask for a change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Self

from accord.client.database import open_database
from accord.client.door.links import handed_in_for
from accord.client.door.opening import OpenedSubmission, open_submission
from accord.demo.browser import LinkGone, PlainBrowser
from accord.demo.budgeted import HEAD, SCHOOL, budget_line, in_days
from accord.demo.cases.case import Case
from accord.demo.cases.proposals import out, proposal
from accord.demo.letterbox import LetterBox
from accord.demo.photograph import photograph
from accord.demo.steps import DIRECTOR, PROPOSER, VERIFIER, Steps
from accord.demo.writing import issue_letter
from accord.presentation.door.becoming import acts_of, content_of_act
from deploy.embedded.correspondence import MAILS
from deploy.logins import Login
from deploy.settings import data_folder, read_stack
from domain.partnership import commands as c
from domain.recorded.writers import Writer
from domain.submissions.kinds import DoorForm, SubmissionKind
from records.opening import open_ledger
from records.submissions.seals import seal_submissions

BUDGET: Final = {
    "free_move": "10",
    "free_floor": "300.00",
    "periods": [{"starts": in_days(0), "ends": in_days(59)}, {"starts": in_days(60), "ends": in_days(119)}],
    "lines": [
        budget_line(1, "Tools", "Pliers, testers and a splicer", "3500.00", "500.00"),
        budget_line(2, "Travel", "Boats and buses to the villages", "900.00", "1100.00"),
        budget_line(3, "People", "A teacher, one day a week", "1600.00", "1600.00"),
    ],
}
MILESTONES: Final = [{"number": 1, "what": "The first workshop is open", "due_on": in_days(50)}]
REPORTS: Final = [
    {"number": 1, "kind": "FINANCIAL", "days_after": 21, "after_tranche": 1, "holds": [2]},
    {"number": 2, "kind": "FINAL", "days_after": 28, "after_tranche": 2},
]
AGREEMENT, REPORT, RETURNED, CHANGE, OPEN = (
    "please accept the agreement", "Report 1 is due", "A question about what you handed in",
    "You can ask for a change", "Report 2 is due",
)  # fmt: skip
"""Words of the subjects of the mails that bear a link, each for one form. The last one stays open for a reader."""


class GranteeByLink:
    """The contact of the grantee, who has a mailbox, a browser and no account."""

    def __init__(self, steps: Steps) -> None:
        stack = read_stack()
        door = stack.grantee_url if stack is not None else ""
        self._box = LetterBox(data_folder() / MAILS, steps.partnership_id, door)
        self._browser = PlainBrowser(door)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._browser.close()

    async def hands_in(self, subject: str, fill: Callable[[PlainBrowser], Awaitable[None]]) -> None:
        """Open the link in the mail with this subject, fill in its form, and hand it in by the code that arrives.

        A newer mail takes the place of a link: the form is filled in again by that one.
        """
        while True:
            try:
                await self._browser.begin(await self._box.link(subject))
                await fill(self._browser)
                await self._browser.ask_code(HEAD["name"], HEAD["role"])
                return await self._browser.hand_in(await self._box.code())
            except LinkGone:
                await asyncio.sleep(1)

    async def gets(self, subject: str) -> None:
        """Wait for a mail with a link."""
        await self._box.link(subject)


def open_link(partnership_id: str) -> str:
    """Return the address of the form that the demo leaves open, as the mail to its grantee has it, or ''."""
    stack = read_stack()
    door = stack.grantee_url if stack is not None else ""
    link = LetterBox(data_folder() / MAILS, partnership_id, door).newest_link(OPEN)
    return f"{door}{link}" if link is not None else ""


async def is_done_by_link(steps: Steps) -> None:
    """Agree, pay, report, ask and pay again, with a grantee who has nothing but a mailbox and a browser."""
    async with GranteeByLink(steps) as grantee:
        await _agree(steps, grantee)
        await steps.pay(1)
        await _invite_to_change(steps)
        await grantee.hands_in(REPORT, _reports)
        await _return_with_a_question(steps)
        await grantee.hands_in(CHANGE, _asks_for_a_change)
        await grantee.hands_in(RETURNED, _answers)
        await take_over(steps, SubmissionKind.REPORT, PROPOSER)
        await steps.do(c.AcceptReport, VERIFIER, report=1, reason="it agrees with the photograph and with the receipts")
        await steps.pay(2)
        await grantee.gets(OPEN)


async def _agree(steps: Steps, grantee: GranteeByLink) -> None:
    """Issue award and agreement, have the grantee accept by link, and take that over as the director's signature."""
    await steps.approve()
    await issue_letter(steps.desk, steps.partnership_id, "award")
    await steps.file_papers()
    await issue_letter(steps.desk, steps.partnership_id, "agreement")
    await grantee.hands_in(AGREEMENT, _accepts)
    await take_over(steps, SubmissionKind.ACCEPTANCE, DIRECTOR, account=steps.account("lakeside"))


async def _accepts(browser: PlainBrowser) -> None:
    await browser.fill("agreement", {"accepted": "yes"})


async def _reports(browser: PlainBrowser) -> None:
    """Report on the first period, with a photograph. Travel is dearer than planned, and does not say why."""
    await browser.fill("summary", {"summary": "The workshop in the harbour is open, two days a week."})
    await browser.fill("workplan", {"milestones.1:state": "DONE", "milestones.1:words": "Open since the second week"})
    await browser.fill("results", {"results.1:achieved": "23"})
    await browser.fill("money", spent(""))
    await browser.send_paper("papers", "document", "workshop.png", photograph())


def spent(why: str) -> dict[str, str]:
    """Return what was spent by line, as the fields of the page. `why`: the reason for the line that is dearer."""
    lines = {"lines.1:spent": "3,450.00", "lines.2:spent": "1,040.00", "lines.3:spent": "1,600"}
    return {"budget_period": "1", **lines, "lines.2:reason": why, "unspent": "110"}


async def _return_with_a_question(steps: Steps) -> None:
    entry = await _newest(steps, SubmissionKind.REPORT, VERIFIER)
    questions = [{"field": "lines", "question": "Travel cost 140.00 more than planned. What was it for?"}]
    await steps.do(
        c.ReturnSubmission, VERIFIER, submission=entry.reference, reason="One figure needs a word", questions=questions
    )


async def _answers(browser: PlainBrowser) -> None:
    await browser.fill("money", spent("The old boat was sold, so one was hired for three journeys."))


async def _invite_to_change(steps: Steps) -> None:
    note = "You told us that the second workshop opens later. Say until when the work lasts."
    await steps.do(
        c.InviteGrantee, PROPOSER, form=DoorForm.CHANGE, contact=1, note=note, language="en",
        until=in_days(60),
    )  # fmt: skip


async def _asks_for_a_change(browser: PlainBrowser) -> None:
    reason = "The second workshop stands in a school that is repaired until spring."
    await browser.fill("change", {"change": "period", "reason": reason})
    await browser.fill("new", {"period:starts": in_days(0), "period:ends": in_days(180)})


async def take_over(steps: Steps, kind: SubmissionKind, actor: str, **more: Any) -> None:
    """Take over the newest submission of a kind by the signed act that it becomes, with what staff say beside it."""
    entry = await _newest(steps, kind, actor)
    command = acts_of(entry.kind)[0]
    content = content_of_act(command, entry.evidence)
    await steps.do(command, actor, **{**content, **more, "submission": entry.reference})


async def _newest(steps: Steps, kind: SubmissionKind, reader: str) -> OpenedSubmission:
    """Open the newest submission of a kind, under its seal, for somebody of staff."""
    await _seal()
    submissions = await handed_in_for(steps.desk.pool, steps.partnership_id)
    numbers = [submission.number for submission in submissions if submission.kind == kind.value]
    return await open_submission(steps.desk, numbers[-1], reader)


async def _seal() -> None:
    """Seal what was handed in, as a worker does each minute: the demo waits for no minute."""
    async with open_database(Login.WORKER) as pool:
        await seal_submissions(open_ledger(pool, Writer.WORKER), pool)


_PURPOSE: Final = "Two workshops in which the villages repair their networks themselves. All of it is invented."
_INDICATOR: Final = {"number": 1, "what": "People who repair", "unit": "people", "target": "40"}


def _content() -> dict[str, Any]:
    content = proposal(
        "Repair workshops at the lake", SCHOOL, "the keepers of networks in eleven villages",
        period={"starts": in_days(0), "ends": in_days(119)}, reports=REPORTS, contacts=[HEAD],
        funds_out=out(SCHOOL, "6200.00", "3000.00", purpose=_PURPOSE, budget=BUDGET, milestones=MILESTONES),
    )  # fmt: skip
    words = {"mission_objective": "An open, trusted Internet.", "indicators": [_INDICATOR]}
    return {**content, "public_interest": {**content["public_interest"], **words}}


NUMBER: Final = 41
"""The number of the case."""
BY_LINK: Final = Case(NUMBER, _content(), is_done_by_link)
