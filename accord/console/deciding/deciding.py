"""From a form to a decision that waits for its signature: nothing is recorded before somebody touched their key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.client.door.repeats import repeat_fault, reports_waiting
from accord.client.sight import Sight, make_command
from accord.console.deciding.acts import BY_SLUG, OfferedAct, content_of
from accord.console.deciding.faults import faults_on
from accord.console.deciding.fields import Field, Typed
from accord.console.deciding.letters.choosing import letter_choices, letter_to_issue
from accord.console.deciding.letters.forms import LANGUAGE, LETTER
from accord.console.deciding.overtaken import back_to_case, case_with, closed_now, overtaken
from accord.console.deciding.prepared import Waiting
from accord.console.deciding.uploads import as_paper, given_with_papers, require_papers
from accord.console.deciding.workbooks import FILL, filled_from_workbook, has_form
from accord.console.door.invitations import EDITION, question_sets
from accord.console.door.light_ways import BESIDE_INBOX, waiting_in_words
from accord.console.door.taking_over import SUBMISSION, TakenOverNow, taken_over
from accord.console.pages.case.ahead import button_of
from accord.console.pages.case.reports import ReceivedReport, received_reports
from accord.console.pages.case.spending import judged_spending
from accord.console.serving.desk import TO_PARTNERSHIPS, Console
from accord.presentation.cautions import cautions
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import whole_number
from accord.presentation.refusals import refusal_in_words
from accord.presentation.shown_accounts import accounts_of, named_account
from accord.presentation.words.codes import words_of
from accord.presentation.words.oaths import subject_of
from accord.presentation.words.values import NamesInWords, listed
from accord.web.pages import page, problem
from accord.web.refusing import ActRefusal
from domain.errors import DomainError
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.admission import admit
from domain.partnership.state import Partnership
from domain.signatures.signing import Shown
from ledger import clock
from records.editions import Editions

JUDGING: Final = (c.AcceptReport, c.ReturnReport)
"""The acts whose form shows what a report says was spent."""

NO_ACCOUNT: Final = (
    "No account is on record in the payee's name: finance records one at the counter first. "
    "If it is on record in another name, write its number, BA-…."
)


async def form(request: Request) -> Response:
    """Show the form of an act on a partnership, or the reason why it is closed to the reader."""
    console: Console = request.app.state.console
    subject = await _found(request)
    if isinstance(subject, Response):
        return subject
    act, sight = subject
    if fault := await closed_now(console, act, sight.partnership, request.state.reader):
        return await back_to_case(request, sight.partnership_id, act.words, fault)
    number = request.query_params.get(SUBMISSION, "")
    taking = await taken_over(console, request.state.reader, act.command, sight, number)
    return await _form(request, act, sight, taking.texts if taking is not None else {}, None, taking=taking)


async def prepare(request: Request) -> Response:
    """Prepare a decision, and lead to the page that signs it. Faults are shown on the form, with all that was typed."""
    console: Console = request.app.state.console
    subject = await _found(request)
    if isinstance(subject, Response):
        return subject
    act, sight = subject
    answers = await given_with_papers(request, sight.partnership_id)
    taking = None
    try:
        number = answers.get(SUBMISSION, [""])[0]
        taking = await taken_over(console, request.state.reader, act.command, sight, number)
        require_papers(request)
        if act.command is c.Report and FILL in answers:
            return await _form_filled(request, act, sight, answers, taking)
        if refusal := await overtaken(console, request.state.reader, act, sight, answers.get("version", [""])[0]):
            return await _again(request, act, sight, answers, refusal, taking)
        waiting = await _waiting(console, request.state.reader, act, sight, answers, taking)
        address = await console.prepared.keep(waiting)
    except (BadInput, Refused) as fault:
        return await _form(request, act, sight, answers, fault, taking=taking)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{address}", 303)


async def _again(
    request: Request, act: OfferedAct, sight: Sight, answers: dict[str, list[str]], refusal: ActRefusal,
    taking: TakenOverNow | None,
) -> Response:  # fmt: skip
    """Show the page that an act was asked on, with a refusal and all that was typed: a comment's is the case."""
    if answers.get("at") == ["case"]:
        request.state.comment = answers.get("text", [""])[0]
        return await case_with(request, sight.partnership_id, refusal)
    request.state.refused = refusal
    return await _form(request, act, sight, answers, None, taking=taking)


async def _form_filled(
    request: Request, act: OfferedAct, sight: Sight, answers: dict[str, list[str]], taking: TakenOverNow | None
) -> Response:
    """Show the form again, filled in from the workbook that came with it. Nothing is recorded."""
    filled_form = await filled_from_workbook(request, sight.partnership, answers)
    return await _form(request, act, sight, filled_form.answers, None, filled_form.words, taking)


async def _waiting(
    console: Console, reader: str, act: OfferedAct, sight: Sight, answers: Typed, taking: TakenOverNow | None
) -> Waiting:
    """Return the decision that a form asks for. Raises BadInput or Refused if it cannot be one."""
    partnership = sight.partnership
    await console.desk.require_epoch()
    content = content_of(act, partnership, answers)
    if act.command is c.IssueLetter:
        content = await letter_to_issue(console, reader, sight, content["order"])
    content = taking.completed(content) | taking.content(answers) if taking is not None else content
    if act.command is c.Report and (fault := await repeat_fault(console.desk, sight, reader, content)):
        raise Refused(str(fault))
    return await waiting_for(console, reader, act, sight, content)


async def waiting_for(console: Console, reader: str, act: OfferedAct, sight: Sight, content: dict[str, Any]) -> Waiting:
    """Return a decision on what was seen, to be signed.

    Raises:
        BadInput: Its content cannot be one.
        Refused: The state does not allow it as it is.
    """
    if reference := _account_in(content):
        content["account"] = await named_account(console.desk.pool, reference)
    if act.command is c.Release:
        number = whole_number(str(content.get("tranche", "")), most_digits=4)
        content["attempt"] = sight.partnership.next_attempt(number or 0)
    command = make_command(sight, act.command, reader, content)
    try:
        admit(sight.partnership, command)
    except DomainError as fault:
        raise Refused(str(fault), type(fault).__name__) from fault
    snapshot = Shown(version=sight.version, position=sight.position, terms=sight.terms)
    log = (await console.desk.directory()).log
    statement = command.statement(sight.partnership_id, snapshot).within(log)
    return Waiting(partnership_id=sight.partnership_id, command=command, statement=statement)


def _account_in(content: Mapping[str, Any]) -> str:
    """Return the reference of an account that was typed, or ''."""
    account = content.get("account")
    return "" if account is None or isinstance(account, AccountReference) else str(account)


def _further_fault(act: OfferedAct, sight: Sight, reader: str, answers: Typed, fault: Exception) -> Exception | None:
    """Return a further refusal, by the state, of an act with its wrong fields mended, or None."""
    if not isinstance(cause := fault.__cause__, ValidationError):
        return None
    wrong = {str(error["loc"][0]) for error in cause.errors() if error["loc"]}
    content = content_of(act, sight.partnership, answers)
    mended = {**content, **{name: said for name, said in act.probe(sight.partnership).items() if name in wrong}}
    try:
        admit(sight.partnership, make_command(sight, act.command, reader, mended))
    except DomainError as further:
        return further
    except BadInput:
        return None
    return None


async def _fields(console: Console, act: OfferedAct, partnership: Partnership) -> tuple[Field, ...]:
    """Return the fields of an act's form, with the choices that the directory and the known accounts offer."""
    return tuple([await with_choices(console, field, partnership) for field in act.fields(partnership)])


async def with_choices(console: Console, field: Field, partnership: Partnership | None = None) -> Field:
    """Return a field with its choices: the payee's account among those in its name, a person of the directory."""
    directory = await console.desk.directory()
    if field.kind == "digest":
        return as_paper(console, field)
    if field.name in {LETTER, LANGUAGE} and partnership is not None:
        return await letter_choices(console, field, partnership)
    if field.name == EDITION:
        return replace(field, choices=question_sets(await Editions(console.desk.reader).every(), clock.today()))
    if field.kind == "person":
        people = sorted(directory.staff, key=lambda member: member.name)
        offered = (
            (member.staff_id, f"{member.name}, {listed([words_of(role) for role in member.roles])}")
            for member in people
        )
        return replace(field, choices=(*field.choices, *offered))
    out = partnership.proposed.funds_out if partnership is not None else None
    if field.name != "account" or out is None:
        names = NamesInWords(directory)
        return replace(field, choices=tuple((code, names.within(words)) for code, words in field.choices))
    accounts = tuple(
        (account.reference, account.words) for account in await accounts_of(console.desk.pool, out.payee.name)
    )
    return replace(field, kind="choice", choices=accounts) if accounts else replace(field, hint=NO_ACCOUNT)


async def _found(request: Request) -> tuple[OfferedAct, Sight] | Response:
    """Return the act and the partnership that an address names, or the page that says that there is none."""
    console: Console = request.app.state.console
    act = BY_SLUG.get(request.path_params["act"])
    if act is None:
        return problem(request, 404, "there is no such act; the page of the partnership lists those there are")
    try:
        return act, await console.desk.known_sight(request.path_params["partnership"].upper())
    except Refused as fault:
        return problem(request, 404, str(fault), TO_PARTNERSHIPS)


async def _reports(
    console: Console, act: OfferedAct, partnership: Partnership, names: NamesInWords
) -> list[ReceivedReport]:
    """Return the reports that an act judges, or none where it judges no report."""
    if act.command not in {c.AcceptReport, c.ReturnReport}:
        return []
    received = received_reports(partnership, await console.desk.history(partnership.partnership_id), names)
    return [report for report in received if report.is_open]


async def _form(
    request: Request,
    act: OfferedAct,
    sight: Sight,
    answers: dict[str, list[str]],
    fault: Exception | None,
    told: tuple[str, ...] = (),
    taking: TakenOverNow | None = None,
) -> Response:
    partnership, console = sight.partnership, request.app.state.console
    await console.looked_at(request.state.reader, sight.partnership_id)
    fields = await _fields(console, act, partnership)
    fields += (taking.outage,) if taking is not None and taking.outage is not None else ()
    in_inbox = await reports_waiting(console.desk, partnership) if act.command is c.Report and taking is None else []
    fields += (BESIDE_INBOX,) if in_inbox else ()
    names = NamesInWords(await console.desk.directory())
    faults = faults_on(fields, fault, names)
    if faults and fault is not None:
        further = faults_on(fields, _further_fault(act, sight, request.state.reader, answers, fault), names)
        faults += tuple(one for one in further if one not in faults)
    beside = {field.name: [fault.words for fault in faults if fault.field == field.name] for field in fields}
    context = {
        "act": act,
        "title": button_of(act.command, partnership) if act.command is c.Approve else act.words,
        "known": partnership,
        "seen": sight,
        "proposal": partnership.proposed,
        "subject": subject_of(partnership.proposed, names).replace("*", ""),
        "reports": await _reports(console, act, partnership, names),
        "fields": fields,
        "given": answers,
        "told": told,
        "taking": taking,
        "in_inbox": waiting_in_words(in_inbox),
        "departs": taking.departing(fields, answers) if taking is not None else {},
        "workbook": act.command is c.Report and has_form(partnership),
        "spending": judged_spending(partnership) if act.command in JUDGING else (),
        "cautions": [refusal_in_words(caution, names) for caution in cautions(partnership, act.command)],
    }
    status = 422 if faults else 200
    return page(request, "form.html", {**context, "faults": faults, "beside": beside}, status)
