"""The inbox: what grantees handed in and nobody judged yet."""

from __future__ import annotations

from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.client.door.inbox import PAGE, InboxLine, inbox_lines
from accord.console.serving.desk import Console
from accord.presentation.numbers import count_in_words, whole_number
from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.days import day_in_words, due_in_words, time_in_words
from accord.web.pages import page
from domain.policy.conditions import ConditionId
from domain.submissions.kinds import SubmissionKind
from ledger import clock

_DIGEST: Final = 64
"""The digits of a digest, by which the agreement is named that somebody accepts."""
SUBJECT: Final = "the inbox"
"""The list, as the access log names it."""


class WordedLine(NamedTuple):
    """A line of the inbox in words."""

    number: int
    what: str
    partnership_id: str
    title: str
    partner: str
    handed_in: str
    waits: str
    has_seal: bool
    due: str
    due_tone: str
    papers: str
    papers_tone: str
    shows_bank_details: bool


async def show(request: Request) -> Response:
    """Show the submissions that wait, the oldest first. No content is shown, and the look is on record."""
    console: Console = request.app.state.console
    after = whole_number(request.query_params.get("after", "0"), most_digits=15) or 0
    lines = await inbox_lines(console.desk, after, PAGE + 1)
    await console.looked_at(request.state.reader, SUBJECT)
    more = f"/inbox?after={lines[PAGE - 1].number}" if len(lines) > PAGE else ""
    return page(request, "inbox.html", {"lines": [_shown(line) for line in lines[:PAGE]], "more": more})


def _shown(line: InboxLine) -> WordedLine:
    distance, tone = due_in_words(line.due, clock.today()) if line.due is not None else ("", "")
    days = (clock.today() - line.at.date()).days
    papers, papers_tone = _papers(line)
    return WordedLine(
        number=line.number,
        what=as_sentence(what_is_it(line.kind, line.about)),
        partnership_id=line.partnership_id,
        title=line.title,
        partner=line.partner,
        handed_in=time_in_words(line.at),
        waits=f"waits for {count_in_words(days, 'day')}" if days else "came today",
        has_seal=line.seal is not None,
        due=f"due {day_in_words(line.due)}, {distance}" if line.due is not None else "",
        due_tone=tone,
        papers=papers,
        papers_tone=papers_tone,
        shows_bank_details=line.shows_bank_details,
    )


def _papers(line: InboxLine) -> tuple[str, str]:
    if not line.papers:
        return "", ""
    if line.faulty:
        return f"{line.faulty} of {line.papers} not clean", "bad"
    if line.to_examine:
        return f"{line.to_examine} of {line.papers} not examined yet", "warn"
    return count_in_words(line.papers, "paper"), "good"


def _which_report(about: str) -> str:
    """Return the words for a report that stands in no plan, or '' for one that does."""
    beginning, _, number = about.partition("_")
    return {"YEARLY": "yearly report", "FINAL": "final report", "CORRECTION": f"correction of report {number}"}.get(
        beginning, ""
    )


def what_is_it(kind: SubmissionKind, about: str) -> str:
    """Return a kind of submission with what it is about, such as 'report 2'. A digest tells nobody anything."""
    if len(about) == _DIGEST:
        return words_of(kind)
    if kind is SubmissionKind.REPORT and (words := _which_report(about)):
        return words
    if about in {condition.value for condition in ConditionId}:
        return f"{words_of(kind)}: {words_of(ConditionId(about))}"
    return f"{words_of(kind)} {about}".strip()
