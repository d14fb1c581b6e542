"""The side of a case: what its reader can decide now, by when, who else decided, and one act before all others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from accord.client.foresight import ApprovalsForeseen
from accord.console.deciding.acts import OfferedAct
from accord.console.pages.case.ahead import ASKED, able, act_ahead, button_of, people_ahead, question_of
from accord.console.pages.case.deciders import Decider, as_foreseen, deciders_of, progress_of
from accord.console.pages.case.filed import NO_FILE, MadeFileAhead
from accord.console.proposing.gate import beginning_closed, change_closed
from accord.presentation.words.codes import as_sentence, in_plain_words
from accord.presentation.words.days import day_in_words, due_in_words
from accord.presentation.words.values import NamesInWords
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.outlook import Outlook, outlook
from domain.recorded.event import RecordedEvent
from ledger import clock

BESIDE: Final[dict[type[c.StaffCommand], type[c.StaffCommand]]] = {
    c.Approve: c.ReturnForInformation,
    c.AcceptReport: c.ReturnReport,
    c.ConfirmRefund: c.WithdrawRefund,
    c.Reopen: c.Terminate,
}
"""By act: the other answer to its question."""

APART: Final = frozenset({c.Decline, c.Withdraw, c.EndLeg, c.Terminate, c.ReportDiversion})
"""The acts that end or stop something: the last in the menu, and red."""


class Button(NamedTuple):
    """An act that a page leads to."""

    slug: str
    words: str


class Owed(NamedTuple):
    """What somebody owes."""

    what: str
    due: str
    distance: str
    tone: str


class Rail(NamedTuple):
    """The side of a case."""

    ask: str
    due: datetime | None
    due_words: str
    distance: str
    tone: str
    primary: Button | None
    elsewhere: tuple[str, str]
    """The words and the address of a page that the next step is on, both empty if it is here."""
    filed: tuple[str, str]
    """The file with the payment ahead in a sentence, and its id, both empty if there is none."""
    shut: tuple[str, str]
    """The act that it waits for and who can give it, both empty if the reader can."""
    beside: Button | None
    more: tuple[Button, ...]
    apart: tuple[Button, ...]
    amends: str
    """The words of the button by which the reader proposes it anew, or '' if they may not."""
    deciders: tuple[Decider, ...]
    progress: str
    owed: tuple[Owed, ...]


def rail_of(
    partnership: Partnership,
    open_acts: Sequence[OfferedAct],
    history: Sequence[RecordedEvent],
    names: NamesInWords,
    reader: str,
    foreseen: ApprovalsForeseen | None = None,
    file: MadeFileAhead = NO_FILE,
) -> Rail:
    """Return the side of a case for its reader.

    `open_acts`: those that are open to them. `foreseen`: the approvals that the next one would ask for.
    `file`: the one with the payment ahead.
    """
    standing = as_foreseen(partnership, foreseen)
    ahead = outlook(standing)
    command = act_ahead(ahead)
    by_command = {act.command: act for act in open_acts}
    amends = _amends(partnership, names, reader)
    main = by_command.get(command) if command is not None else None
    other = by_command.get(BESIDE[command]) if main is not None and command in BESIDE else None
    answers = bool(amends) and bool(partnership.question)
    rest = [act for act in open_acts if act not in {main, other} and act.command is not c.Comment]
    ask, link = file.question if file.message_id else question_of(standing, ahead, names, reader)
    distance, tone = due_in_words(ahead.due.date(), clock.today()) if ahead.due is not None else ("", "")
    return Rail(
        ask=ask,
        due=ahead.due,
        due_words=f"{ahead.due:%A} {day_in_words(ahead.due)}" if ahead.due is not None else "",
        distance=distance,
        tone=tone or "quiet",
        primary=_primary(main, partnership) if main is not None and main.command in ASKED else None,
        elsewhere=link,
        filed=(file.words, file.message_id),
        shut=("", "") if main is not None or answers else _shut(standing, ahead, command, names),
        beside=_button(other) if other is not None else None,
        more=tuple(_button(act) for act in rest if act.command not in APART),
        apart=tuple(_button(act) for act in rest if act.command in APART),
        amends=amends,
        deciders=deciders_of(partnership, history, names, reader, foreseen),
        progress=progress_of(standing),
        owed=_owed(partnership, names),
    )


def _button(act: OfferedAct) -> Button:
    return Button(act.slug, act.words)


def _primary(act: OfferedAct, partnership: Partnership) -> Button:
    return Button(act.slug, button_of(act.command, partnership))


def _shut(
    partnership: Partnership,
    ahead: Outlook,
    command: type[c.StaffCommand] | None,
    names: NamesInWords,
) -> tuple[str, str]:
    """Return the act that is closed to the reader, and to whom it is open."""
    if command is None or not ahead.awaiting:
        return "", ""
    button, people = button_of(command, partnership), people_ahead(partnership, ahead, names)
    if not people:
        return button, "Nobody can do this now: a guardian gives somebody the role, and a key."
    by_role = dict.fromkeys(able(partnership, role, names) for role in ahead.awaiting)
    approvals = [names.people(several, "or") for several in by_role if several]
    # Each role approves by itself. Of other acts one is enough.
    whom = ", and for ".join(approvals) if command is c.Approve else names.people(people, "or")
    return button, f"Waits for {whom}."


def _amends(partnership: Partnership, names: NamesInWords, reader: str) -> str:
    """Return the words by which the reader proposes it anew, or '' if the first gate would refuse them."""
    if beginning_closed(reader, names.directory) or change_closed(partnership, reader, names.directory):
        return ""
    return "Answer, and propose again" if partnership.question else "Change what is proposed"


def _owed(partnership: Partnership, names: NamesInWords) -> tuple[Owed, ...]:
    shown = []
    for obligation in obligations(partnership):
        distance, tone = due_in_words(obligation.due, clock.today())
        words = as_sentence(names.within(in_plain_words(obligation.what)))
        shown.append(Owed(words, day_in_words(obligation.due), distance, tone or "quiet"))
    return tuple(shown)
