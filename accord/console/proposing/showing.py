"""Show a page of a draft, with what is still needed beside it and, once nothing is, what the rules would say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.client.foresight import ApprovalsForeseen
from accord.console.pages.tables import fund_rows
from accord.console.proposing import ticks
from accord.console.proposing.drafts import Draft
from accord.console.proposing.form import COUNTRIES, OFTEN, DraftForm
from accord.console.proposing.gate import Foresight, foreseen
from accord.console.proposing.pages import CHECK, GO_ON, PAGES, Missing, placed, step_to_go_on
from accord.console.proposing.summary import answered, party_line
from accord.console.serving.desk import Console
from accord.presentation import form_content
from accord.presentation.words.codes import CODES, as_sentence, in_plain_words, words_of
from accord.presentation.words.proposal import seldom
from accord.presentation.words.proposal.questions import LEGS
from accord.presentation.words.values import listed, together_in_words
from accord.web.pages import page
from domain.directory.directory import Directory
from domain.directory.tiers import HouseRules, Role
from domain.policy.findings import Assessment, Finding, Outcome
from domain.proposal import Proposal
from ledger import clock
from records.read_models.as_of import LedgerAsOf


async def shown_page(request: Request, draft: Draft, number: int, faults: tuple[Missing, ...] = ()) -> Response:
    """Render a page of a draft, with the faults for which a button did nothing."""
    console: Console = request.app.state.console
    await console.looked_at(request.state.reader, "a draft", *filter(None, [draft.amends]))
    foresight, directory = await foreseen(console, request.state.reader, draft), await console.desk.directory()
    number = number if number != GO_ON else step_to_go_on(foresight.missing)
    foresight = foresight._replace(missing=tuple(_asked_here(one, number) for one in foresight.missing))
    told = (*(one for one in foresight.missing if _is_typed(draft, one)), *faults)
    funds = await fund_rows(console, LedgerAsOf())
    form = DraftForm(draft, directory, funds, foresight.missing, _beside(told), foresight.needed, foresight.sums)
    context = {
        "draft": draft,
        "form": form,
        "asks": await _asked(console, draft),
        "step": number,
        "faults": faults,
        "found": foresight,
        "content_page": PAGES[number - 1].template,
        "pages": answered(form) if number == CHECK else (),
        "approvers": tuple(_approvers(foresight, directory, request.state.reader)),
    }
    return page(request, "propose.html", {**_around(form, foresight, number), **context}, 422 if faults else 200)


def _asked_here(lack: Missing, number: int) -> Missing:
    """Return a lack with its place as a page has it: the answer to a question is asked on each of them."""
    return lack._replace(step=number) if lack.field == "answer" else lack


def _around(form: DraftForm, foresight: Foresight, number: int) -> dict[str, Any]:
    """Return the content of every page of a draft: the line of pages, the lacks by page, and the lists of words."""
    return {
        "steps": _steps(form, number),
        "by_page": [(name, [one for one in foresight.missing if one.step == place]) for place, name in _NUMBERED],
        "said": _said(form.draft, foresight),
        "partner": party_line(form, "partner"),
        "embargoed": listed(ticks.embargoed(form.content, clock.today())),
        "seldom": seldom,
        "legs": LEGS,
        "often": OFTEN,
        "countries": COUNTRIES,
    }


_NUMBERED: Final = ((0, "The whole"), *((number, f"{number} {page.name}") for number, page in enumerate(PAGES, 1)))


class StepMark(NamedTuple):
    """A page in the line of pages."""

    name: str
    is_done: bool


def _steps(form: DraftForm, number: int) -> list[StepMark]:
    """Return the pages in their order. One is done if nothing is missing on it, and it was filled in or passed."""
    open_ones = {one.step for one in form.missing if one.field != "answer"}
    return [
        StepMark(page.name, place < CHECK and place not in open_ones and (place < number or form.is_begun(page.asks)))
        for place, page in enumerate(PAGES, 1)
    ]


async def _asked(console: Console, draft: Draft) -> tuple[str, bool, bool]:
    """Return the reason with which the proposal came back, or '', and whether a person asks for an answer in words.

    The third is True if contacts are on record: one of them is called before an address or a number changes.
    """
    known = await console.desk.partnership(draft.amends) if draft.amends else None
    return (known.question, known.is_asked, bool(known.proposed.contacts)) if known is not None else ("", False, False)


def _is_typed(draft: Draft, fault: Missing) -> bool:
    """True if a fault is of what was typed, and not of what is missing: it is told beside its field at once."""
    content = form_content.at(draft.content, fault.field)
    return isinstance(content, str) and bool(content)


def _beside(faults: Sequence[Missing]) -> dict[str, list[str]]:
    """Return the words beside each field."""
    words_by_field: dict[str, list[str]] = {}
    for fault in dict.fromkeys(faults):
        words_by_field.setdefault(fault.field, []).append(fault.words)
    return words_by_field


class Problem(NamedTuple):
    """Something that does not pass: its outcome, its reason, and the question that nobody answered, if it is one."""

    outcome: str
    reason: str
    asked: Missing | None = None


class RulesSay(NamedTuple):
    """The rules' answer in words."""

    outcome: str
    tone: str
    problems: tuple[Problem, ...]
    options: tuple[str, ...]
    passed: int
    assessment: Assessment


def _said(draft: Draft, foresight: Foresight) -> RulesSay | None:
    assessment = foresight.assessment
    if assessment is None:
        return None
    findings = [finding for finding in assessment.findings if finding.outcome is not Outcome.PASS]
    return RulesSay(
        outcome=as_sentence(words_of(assessment.outcome)),
        tone={Outcome.PASS: "good", Outcome.FAIL: "bad"}.get(assessment.outcome, "warn"),
        problems=tuple(problem for finding in findings for problem in _problems(draft, finding)),
        options=tuple(as_sentence(in_plain_words(str(option))) for option in assessment.options),
        passed=len(assessment.findings) - len(findings),
        assessment=assessment,
    )


_QUESTION: Final = re.compile(r"`(?P<path>[a-z_.]+)`: (?P<say>.+)")
"""A question of the rules that nobody answered, as a finding is about it."""


def _problems(draft: Draft, finding: Finding) -> Iterator[Problem]:
    """Yield what a finding says and, where it is about questions without an answer, each with the way to its field."""
    outcome, asked = as_sentence(words_of(finding.outcome)), [_QUESTION.fullmatch(one) for one in finding.about]
    questions = [match for match in asked if match is not None]
    if not questions or len(questions) < len(asked):
        yield Problem(outcome, in_plain_words(finding.reason))
        return
    for question in placed(draft, [(match["path"], match["say"]) for match in questions], has_objectives=False):
        tick = seldom.BY_PATH.get(question.field)
        if tick is None or tick.kind != "yes":
            yield Problem(outcome, as_sentence(question.words), question)
        else:
            reason = "Tick it, or “None of these is true”."
            yield Problem(outcome, reason, question._replace(label=f"“{tick.words}”"))


class RequiredApproval(NamedTuple):
    """An approval that a proposal needs: in which role, who holds it, and why it is asked."""

    role: str
    people: str
    why: str


def _approvers(foresight: Foresight, directory: Directory, reader: str) -> Iterator[RequiredApproval]:
    """Yield the people who must approve a proposal, and why: the domain's quorum, with the sums that count together."""
    approvals, proposal = foresight.approvals, foresight.reading.proposal
    if approvals is None or proposal is None:
        return
    for role in approvals.roles:
        holders = [member.name for member in directory.staff if role in member.roles and member.staff_id != reader]
        people = listed(holders, "or") or "nobody holds this role yet"
        why = _reason(role, approvals, proposal, directory.rules)
        yield RequiredApproval(as_sentence(CODES[Role][role.value]), people, why)


def _reason(role: Role, approvals: ApprovalsForeseen, proposal: Proposal, rules: HouseRules | None) -> str:
    if role in {Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER}:
        return "Every sum." if proposal.sums else "All work without money."
    if role in approvals.by_sum:
        return together_in_words(proposal.money, approvals.together, role, rules, approvals.in_base)
    return "A verifier must look first, and then a director decides too."
