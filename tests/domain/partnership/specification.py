"""given(what was done).when(somebody asks).then(what happened), or .refused(why): so that rules read as sentences."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from itertools import count
from typing import Any, Final, NamedTuple

from domain.directory.directory import Capacity
from domain.directory.tiers import Role
from domain.errors import DomainError, IllegalTransition, ThresholdUnknown
from domain.parties import AccountReference, Party
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.approval.together import quorum_to_decide
from domain.partnership.circumstances import Authority, Circumstances
from domain.partnership.decisions import decide
from domain.partnership.evolution import evolve
from domain.partnership.letter.admission import wish_of
from domain.partnership.letter.kinds import Addressee, LetterKind
from domain.partnership.letter.making import letter_facts
from domain.partnership.people.taking_part import Part
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.report.reports import Figures
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import Wait
from domain.payment.account import AccountStanding
from domain.payment.bank_answers import BOOKED, BankAnswer, BankStatus, ExceptionKind, Resolution
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.proposal import Direction
from domain.signatures.signing import FileSignature, Shown
from domain.submissions.reference import SubmissionReference
from domain.values import Money
from tests.builders import (
    ACCOUNT,
    DIGEST,
    HOUSE_RULES,
    NOON,
    STAFF,
    authority,
    money,
    number,
    proposal,
    status,
    verification,
)

REFERENCE = "P-2026-0042"
NO_FACTS = "0" * 64
FILE = "ACCM" + "A" * 26
OTHER_ACCOUNT = AccountReference(reference="BA-ZZZZZZZZZZZZ", sha256="ba" * 32)
EVERYBODY = {
    name: tuple(Role) for name in ("ada.every", "ben.every", "cyd.every", "dan.every", "eve.every", "fay.every")
}
PEOPLE = {**{name: (role,) for name, role in STAFF.items()}, **EVERYBODY}

_numbers = count(1)


def at(hours: int = 0) -> Any:
    return NOON + timedelta(hours=hours)


def authority_of(command: c.AnyCommand) -> Authority:
    actor = getattr(command, "actor", "")
    if actor not in PEOPLE:
        return Authority()
    account = command.account if isinstance(command, c.SignAgreement) else None
    return authority(actor, *PEOPLE[actor], *_for_interests(command)).model_copy(
        update={"account": called_back(account)}
    )


def _for_interests(command: c.AnyCommand) -> tuple[Role, ...]:
    """Whoever names others' interests in a proposal is an auditor too: a proposer alone recuses nobody."""
    return (Role.AUDITOR,) if isinstance(command, c.Propose) and command.proposal.interests else ()


def called_back(account: AccountReference | None, by: str = "noor.haddad") -> AccountStanding | None:
    """An account that one person recorded and another called back to verify."""
    if account is None:
        return None
    return AccountStanding(account=account, recorded_by="rudi.clerk", confirmed_by=by, confirmed_at=NOON)


def acting(staff_id: str, *capacities: Capacity, **more: Any) -> Authority:
    """The directory's answer on somebody who may act in these capacities, some of them lent to her."""
    known = authority(staff_id, *(capacity.role for capacity in capacities))
    return known.model_copy(update={"capacities": capacities, **more})


def own(role: Role, *limits: Money) -> Capacity:
    return Capacity(role=role, limits=limits)


def lent(role: Role, lender: str, *limits: Money) -> Capacity:
    return Capacity(role=role, on_behalf_of=lender, limits=limits)


def shown(partnership: Partnership) -> Shown | None:
    """The view of somebody who looks at it now."""
    if partnership.proposal is None:
        return None
    return Shown(version=partnership.version, position=max(partnership.version, 1), terms=partnership.terms)


def signed_on(sight: Shown | None, command: c.StaffRequest) -> c.StaffRequest:
    """The command as its actor signs it on her view. The mathematics is another room's."""
    statement = command.statement(REFERENCE, sight)
    signature = FileSignature(statement=statement, key_id="EK-" + "A" * 16, value="A" * 86 + "==")
    return command.model_copy(update={"signature": signature})


def signed(partnership: Partnership, command: c.Command) -> Any:
    """The command as its actor signs it on what stands now: a release names its attempt, and a lift its holds."""
    if not isinstance(command, c.StaffCommand) or command.signature is not None:
        return command
    whole = with_facts(partnership, _with_holds(partnership, _with_attempt(partnership, command)))
    return signed_on(shown(partnership), whole)


def with_facts(partnership: Partnership, command: c.StaffCommand) -> c.StaffCommand:
    """A letter that names no facts is made of those that stand."""
    if not isinstance(command, c.IssueLetter) or command.facts_sha256 != NO_FACTS:
        return command
    try:
        facts = letter_facts(partnership, wish_of(command))
    except (IllegalTransition, ValueError):
        return command
    return command.model_copy(update={"facts_sha256": facts.sha256, "to": facts.to.part})


def _with_holds(partnership: Partnership, command: c.StaffCommand) -> c.StaffCommand:
    """A lift that names none lifts all that its actor did not place, as the shell asks for them."""
    if not isinstance(command, c.LiftHold) or command.holds:
        return command
    others = tuple(one.number for one in partnership.holds if one.actor != command.actor)
    return command.model_copy(update={"holds": others})


def _with_attempt(partnership: Partnership, command: c.StaffCommand) -> c.StaffCommand:
    if not isinstance(command, c.Release) or command.attempt is not None:
        return command
    known = partnership.tranche(command.tranche)
    return command if known is None else command.model_copy(update={"attempt": known.attempt + 1})


def informed(partnership: Partnership, command: c.AnyCommand) -> c.AnyCommand:
    """The assessment as the workflow brings it: with the quorum by the tiers, where they cover the sum."""
    if not isinstance(command, c.RecordAssessment) or command.quorum is not None or partnership.proposal is None:
        return command
    try:
        quorum = quorum_to_decide(partnership.proposed, (), HOUSE_RULES, elevated_risk=False)
    except ThresholdUnknown:
        return command
    return command.model_copy(update={"quorum": quorum})


def given_for(who: Authority | Circumstances) -> Circumstances:
    """The circumstances of a decision. Where only the directory's answer is told, nothing else speaks against it."""
    return who if isinstance(who, Circumstances) else Circumstances(authority=who)


class Story(NamedTuple):
    """The acts so far, and the answer to the last request."""

    partnership: Partnership
    history: tuple[e.Event, ...] = ()
    said: tuple[Any, ...] = ()
    """The events of the last command. Each look at a union of all events takes mypy a third of a second."""
    refusal: DomainError | None = None

    def when(self, command: c.AnyCommand, who: Authority | Circumstances | None = None) -> Story:
        asked = informed(self.partnership, signed(self.partnership, command))
        return self.when_exactly(asked, who or authority_of(command))

    def when_exactly(self, command: c.AnyCommand, who: Authority | Circumstances) -> Story:
        """The command as it is: nobody signs it, and nobody looks up the quorum."""
        try:
            said = decide(self.partnership, command, given_for(who))
        except DomainError as refusal:
            return self._replace(said=(), refusal=refusal)
        return Story(reduce(evolve, said, self.partnership), (*self.history, *said), said)

    def then(self, *happened: type[e.PartnershipEvent]) -> Partnership:
        assert self.refusal is None, f"refused: {self.refusal}"
        assert tuple(type(event) for event in self.said) == happened
        return self.partnership

    def refused(self, kind: type[DomainError], *words: str) -> None:
        assert type(self.refusal) is kind, f"{self.refusal!r}, {[event.event_type for event in self.said]}"
        assert all(word in str(self.refusal) for word in words), str(self.refusal)

    def given(self, *commands: c.AnyCommand, by: Authority | None = None) -> Story:
        story = self
        for command in commands:
            story = story.when(command, by)
            assert story.refusal is None, f"the story does not hold: {story.refusal}"
        return story


def given(*commands: c.AnyCommand) -> Story:
    return Story(Partnership(partnership_id=REFERENCE)).given(*commands)


def _common(actor: str | None = None, hours: int = 0) -> dict[str, Any]:
    who = {} if actor is None else {"actor": actor}
    return {"command_id": number(f"command {next(_numbers)}"), "at": at(hours), **who}


def propose(actor: str = "pia.berg", answer: str | None = None, **content: Any) -> c.Propose:
    return c.Propose(**_common(actor), proposal=proposal(**content), answer=answer)


ANSWER: Final = "Eleven, all along the river"


def revise(actor: str = "pia.berg", **content: Any) -> c.Propose:
    """The proposal once more, with the answer to a person's question."""
    return propose(actor, ANSWER, **content)


def approve(actor: str, paper: bool = False) -> c.Approve:
    document = DIGEST if paper else None
    return c.Approve(**_common(actor), no_interest=True, reason="It serves the readers", document_sha256=document)


def decline(actor: str = "ana.silva") -> c.Decline:
    return c.Decline(**_common(actor), reason="Not for us")


def ask(actor: str = "vera.lind") -> c.ReturnForInformation:
    return c.ReturnForInformation(**_common(actor), question="Which villages?")


def withdraw(actor: str = "pia.berg") -> c.Withdraw:
    return c.Withdraw(**_common(actor), reason="Another funder was found")


def sign(
    actor: str = "dora.kim", account: AccountReference | None = ACCOUNT, document: str | None = DIGEST
) -> c.SignAgreement:
    return c.SignAgreement(**_common(actor), signed_on=date(2026, 11, 2), document_sha256=document, account=account)


def release(tranche: int = 1, actor: str = "paul.nkosi", attempt: int | None = None) -> c.Release:
    """Without an attempt it is the next one, as it is shown to whoever signs."""
    return c.Release(**_common(actor), tranche=tranche, attempt=attempt)


def cancel(tranche: int = 1, actor: str = "femi.ade", attempt: int = 1) -> c.CancelPayment:
    return c.CancelPayment(**_common(actor), tranche=tranche, attempt=attempt, reason="The invoice was withdrawn")


def heard(answer: RecallAnswer = RecallAnswer.GRANTED, case: int = 1, **more: Any) -> c.RecordRecallAnswer:
    """The bank's answer to a recall, by a file of its own."""
    content = {
        "tranche": 1, "attempt": 1, "number": case, "answer": answer, "code": "CNCL", "reason": "",
        "answer_id": number(f"answer {next(_numbers)}"), "bank_reference": "RESOLVED-1", "said_at": at(0),
        "file_sha256": "a" * 64, "due": date(2026, 12, 1), **more,
    }  # fmt: skip
    return c.RecordRecallAnswer(**_common(), **content)


def give_up_rest(rest: str = "250.00", actor: str = "femi.ade", tranche: int = 1) -> c.GiveUpRest:
    return c.GiveUpRest(**_common(actor), tranche=tranche, remainder=money(rest), reason="They need no more")


def waive_recovery(amount: str = "1000.00", actor: str = "femi.ade") -> c.WaiveRecovery:
    return c.WaiveRecovery(**_common(actor), money=money(amount), reason="The next grant is smaller by as much")


def paid_twice(amount: str = "1000.00", **content: Any) -> Story:
    """The bank rejected the first attempt and paid the second; then it books the first after all."""
    second = (release(), hand_over(attempt=2), ended(TrancheOutcome.SETTLED, attempt=2))
    story = active(**content).given(release(), *came_to(TrancheOutcome.REJECTED), *second, contradict())
    story = story.given(resolve(resolution=Resolution.BELONGS_TO, counts=answer(BankStatus.SETTLED, amount)))
    return story.given(lift()) if story.partnership.holds else story


def agree_rest(rest: str = "250.00", actor: str = "femi.ade", tranche: int = 1) -> c.AgreeRest:
    return c.AgreeRest(**_common(actor), tranche=tranche, remainder=money(rest), reason="The bank sent a part alone")


def recall(actor: str = "paul.nkosi", tranche: int = 1, attempt: int = 1, **more: Any) -> c.RecallPayment:
    return c.RecallPayment(**_common(actor), tranche=tranche, attempt=attempt, reason="A wrong account", **more)


def answer_recall(
    answer: RecallAnswer = RecallAnswer.GRANTED, actor: str = "paul.nkosi", tranche: int = 1, attempt: int = 1
) -> c.AnswerRecall:
    content = {"answer": answer, "reason": "Their letter of today", "document_sha256": DIGEST}
    return c.AnswerRecall(**_common(actor), tranche=tranche, attempt=attempt, **content)


def report(actor: str = "pia.berg", kind: ReportKind = ReportKind.FINAL, **more: Any) -> c.Report:
    """A report. A final one accounts for the whole of the usual grant, unless it says otherwise."""
    if kind is ReportKind.FINAL:
        more = {"figures": accounted("1000.00"), **more}
    return c.Report(**_common(actor), summary="Eleven courses were held", report_kind=kind, **more)


def accounted(spent: str, unspent: str = "0", returned: str = "0", currency: str = "USD") -> Figures:
    return Figures(currency=currency, spent=spent, unspent=unspent, returned=returned)


def accept(number: int = 1, actor: str = "ana.silva", **more: Any) -> c.AcceptReport:
    return c.AcceptReport(**_common(actor), report=number, reason="It agrees with the books", **more)


def accounted_for(actor: str = "pia.berg", **more: Any) -> tuple[c.AnyCommand, ...]:
    """The final report, and its acceptance."""
    return (report(actor, **more), accept(more.get("corrects", 0) + 1))


def send_back(number: int = 1, actor: str = "ana.silva") -> c.ReturnReport:
    return c.ReturnReport(**_common(actor), report=number, reason="The second course is missing")


def refund(amount: str = "100.00", reference: str = "BANK-R1", **more: Any) -> c.RecordRefund:
    actor = more.pop("actor", "femi.ade")
    said = {"direction": RefundDirection.FROM_GRANTEE, "booked_on": NOON.date(), "reason": "Not spent", **more}
    return c.RecordRefund(**_common(actor), money=money(amount), bank_reference=reference, **said)


def confirm_refund(reference: str = "BANK-R1", actor: str = "dora.kim") -> c.ConfirmRefund:
    return c.ConfirmRefund(**_common(actor), bank_reference=reference, reason="On the statement of that day")


def withdraw_refund(reference: str = "BANK-R1", actor: str = "femi.ade") -> c.WithdrawRefund:
    return c.WithdrawRefund(**_common(actor), bank_reference=reference, reason="It was 10.00")


def issue(letter: LetterKind, actor: str = "ana.silva", pdf: str = "aa" * 32, **more: Any) -> c.IssueLetter:
    """A letter of the sample editions, made of what stands unless its facts are given."""
    fields: dict[str, Any] = {
        "facts_sha256": NO_FACTS,
        "to": Addressee.BOARD,
        "pdf_sha256": pdf,
        "code_sha256": "cc" * 32,
        **more,
    }
    return c.IssueLetter(
        **_common(actor), letter=letter, dated=NOON.date(), language="en", edition_name="sample", edition="2026.1",
        edition_sha256=DIGEST, **fields,
    )  # fmt: skip


CONTACTS: Final = [
    {"name": "Ida Holm", "email": "ida.holm@library.example", "organization": "Riverbend Library Network"}
]


def invite(actor: str = "pia.berg", **more: Any) -> c.InviteGrantee:
    """An invitation of the first contact, to ask them something unless another form is named."""
    fields: dict[str, Any] = {"form": "QUESTION", "contact": 1, "language": "en", "until": date(2026, 12, 1), **more}
    return c.InviteGrantee(**_common(actor), **fields)


def end_invitation(actor: str = "pia.berg", invitation: int = 1) -> c.EndInvitation:
    return c.EndInvitation(**_common(actor), invitation=invitation, reason="She left the organisation")


MAY = ({"field": "budget", "question": "What was bought in May?"},)
HANDED_IN = SubmissionReference(sha256=DIGEST, number=7, seal=4711, at=NOON)
"""What a grantee handed in, as a command names it."""


def return_submission(actor: str = "vera.lind") -> c.ReturnSubmission:
    return c.ReturnSubmission(**_common(actor), submission=HANDED_IN, reason="The figures lack May", questions=MAY)


def satisfy(condition: ConditionId, actor: str = "vera.lind") -> c.Satisfy:
    return c.Satisfy(**_common(actor), condition=condition, note="It is in the file", document_sha256=DIGEST)


def declare(person: str, actor: str | None = None, what: str = "Her spouse is on the board") -> c.DeclareInterest:
    return c.DeclareInterest(**_common(actor or person), interest={"person": person, "what": what})


def comment(actor: str = "otto.audit", text: str = "Their auditor writes in March") -> c.Comment:
    return c.Comment(**_common(actor), text=text)


def assign(to: str | None = "ana.silva", actor: str = "pia.berg") -> c.Assign:
    """Somebody looks after it from now on, or nobody if None."""
    return c.Assign(**_common(actor), to=to)


def amend(actor: str = "pia.berg", **content: Any) -> c.Amend:
    return c.Amend(**_common(actor), proposal=proposal(**content), reason="The plan changed")


def end_leg(leg: Direction = Direction.FUNDS_IN, actor: str = "dora.kim") -> c.EndLeg:
    return c.EndLeg(**_common(actor), leg=leg, reason="The donor gives no more")


def extend(actor: str = "dora.kim") -> c.ExtendDeadline:
    return c.ExtendDeadline(**_common(actor), reason="The ministry answers in January")


def reminded(story: Story) -> Story:
    """A reminder to those who must act."""
    waited = story.partnership.deadline
    assert waited is not None
    return story.given(c.PassDeadline(command_id=number("reminded"), at=waited.remind_at, wait=waited.wait))


def clear(*questions: str, actor: str = "vera.lind", paper: bool = True) -> c.ClearQuestions:
    document = DIGEST if paper else None
    asked = questions or ("RULE-1: finding 1",)
    return c.ClearQuestions(
        **_common(actor), no_interest=True, questions=asked, reason="The same body", document_sha256=document
    )


def report_subrecipients(*supported: Party, actor: str = "pia.berg") -> c.ReportSubrecipients:
    named = [{"party": one, "purpose": "A reading room"} for one in supported]
    return c.ReportSubrecipients(**_common(actor), subrecipients=named)


def divert(actor: str = "otto.audit", money: Money | None = None) -> c.ReportDiversion:
    return c.ReportDiversion(**_common(actor), what="A car was bought", money=money)


def assure(actor: str = "vera.lind", **more: Any) -> c.RecordAssurance:
    """Assurances on a diversion of 100, unless they say otherwise."""
    said = {"diverted": money("100.00"), "document_sha256": DIGEST, **more}
    return c.RecordAssurance(**_common(actor), what="The car is being sold", **said)


def assure_all(known: Partnership, actor: str = "dora.kim") -> c.RecordAssurance:
    """A sure answer to diversions: a director's word that all of it is back, with measures against another."""
    diversions = known.responsibility.diversions
    left = diversions.outstanding + (100 if any(one.money is None for one in diversions.open) else 0)
    told = money("100.00") if any(one.money is None for one in diversions.open) else None
    entry = {"restored": money(str(left)), "bank_reference": f"NTRF-{len(diversions.restored) + 70}"} if left else {}
    return assure(actor, diverted=told, precautions="Two sign each payment", **entry)


def hold(actor: str = "vera.lind", leg: Direction | None = None) -> c.PlaceHold:
    return c.PlaceHold(**_common(actor), reason="A newspaper report", leg=leg)


def lift(actor: str = "femi.ade") -> c.LiftHold:
    return c.LiftHold(**_common(actor), reason="The report was wrong")


def terminate(actor: str = "dora.kim") -> c.Terminate:
    return c.Terminate(**_common(actor), reason="The grantee dissolved")


def reopen(actor: str = "dora.kim") -> c.Reopen:
    return c.Reopen(**_common(actor), reason="The account is open again")


def verify() -> c.RecordVerification:
    return c.RecordVerification(**_common(), verification=verification(status()))


def assessment(*outcomes: Outcome, conditions: tuple[ConditionId, ...] = ()) -> Assessment:
    findings = tuple(
        Finding(
            rule_id=f"RULE-{index}",
            layer=Layer.POLICY,
            citation="owner's policy",
            confirmed=True,
            leg=Direction.FUNDS_OUT,
            outcome=outcome,
            reason=f"finding {index}",
            conditions=conditions,
        )
        for index, outcome in enumerate(outcomes, start=1)
    )
    return Assessment(rule_book="2026.2", facts_sha256=DIGEST, findings=findings)


def assess(*outcomes: Outcome, conditions: tuple[ConditionId, ...] = ()) -> c.RecordAssessment:
    found = outcomes or (Outcome.CONDITION if conditions else Outcome.PASS,)
    return c.RecordAssessment(**_common(), assessment=assessment(*found, conditions=conditions))


def recheck(outcome: Outcome = Outcome.PASS, *conditions: ConditionId) -> c.RecordRecheck:
    """The registers were asked again, and this is what the rule book makes of it."""
    found = assessment(outcome, conditions=conditions)
    return c.RecordRecheck(**_common(), verification=verification(status()), assessment=found)


def deadline(days: float = 15, wait: Wait = Wait.APPROVAL) -> c.PassDeadline:
    """By default the end of an approver's ten business days: from 2 November, over Veterans Day, to the 17th."""
    return c.PassDeadline(**_common(hours=int(24 * days)), wait=wait)


def after(days: float, command: Any) -> Any:
    """The same command, so many days later."""
    return command.model_copy(update={"at": at(int(24 * days))})


def hand_over(tranche: int = 1, attempt: int = 1, message_id: str = FILE) -> c.RecordHandOver:
    return c.RecordHandOver(**_common(), tranche=tranche, attempt=attempt, message_id=message_id)


def never_sent(tranche: int = 1, attempt: int = 1, message_id: str = FILE) -> c.RecordNeverSent:
    return c.RecordNeverSent(**_common(), tranche=tranche, attempt=attempt, message_id=message_id)


def ended(
    outcome: TrancheOutcome, tranche: int = 1, attempt: int = 1, reason: str = "MS03 reason not given"
) -> c.RecordTrancheOutcome:
    return c.RecordTrancheOutcome(**_common(), tranche=tranche, attempt=attempt, outcome=outcome, reason=reason)


def came_to(outcome: TrancheOutcome, tranche: int = 1, attempt: int = 1) -> tuple[c.AnyCommand, ...]:
    """The steps between a release and an outcome, and the outcome."""
    which = (tranche, attempt)
    match outcome:
        case TrancheOutcome.WITHHELD:
            return (ended(outcome, *which),)
        case TrancheOutcome.CANCELLED:
            return (cancel(tranche, attempt=attempt),)
        case TrancheOutcome.RETURNED:
            return (hand_over(*which), ended(TrancheOutcome.SETTLED, *which), ended(outcome, *which))
        case TrancheOutcome.SETTLED | TrancheOutcome.REJECTED:
            return (hand_over(*which), ended(outcome, *which))
        case TrancheOutcome.SHORT:
            part = ended(outcome, *which).model_copy(update={"booked_money": money("1.00")})
            return (hand_over(*which), part)


def answer(status: BankStatus, amount: str = "1000.00", name: str = "first", **more: Any) -> BankAnswer:
    """The bank's word on the first attempt to pay the first tranche."""
    content: dict[str, Any] = {
        "answer_id": number(name),
        "status": status,
        "code": BOOKED,
        "reason": "",
        "money": {"amount": amount, "currency": "USD"},
        "said_at": at(24),
        "bank_reference": "BANK-1",
        "partnership_id": REFERENCE,
        "tranche": 1,
        "attempt": 1,
        "file_sha256": DIGEST,
        **more,
    }
    return BankAnswer.model_validate(content)


def receipt(amount: str = "5000.00", currency: str = "USD") -> c.RecordReceipt:
    money = {"amount": amount, "currency": currency}
    said = answer(BankStatus.RECEIVED, name=f"receipt {next(_numbers)}", money=money, tranche=0, attempt=0)
    return c.RecordReceipt(**_common(), answer=said)


def contradict(
    kind: ExceptionKind = ExceptionKind.SECOND_BOOKING, name: str = "EX-1", said: BankAnswer | None = None
) -> c.RecordContradiction:
    reason = f"{kind.value.lower().replace('_', ' ')} ({name})"
    return c.RecordContradiction(**_common(), exception_id=number(name), exception=kind, reason=reason, answer=said)


def resolve(
    name: str = "EX-1", resolution: Resolution = Resolution.BANK_ERROR, counts: BankAnswer | None = None
) -> c.RecordResolution:
    return c.RecordResolution(**_common(), exception_id=number(name), resolution=resolution, answer=counts)


def fall(person: str, *fell: Part) -> c.RecordFallen:
    return c.RecordFallen(**_common(), person=person, fell=fell, reason=f"the key of {person} was in other hands")


def refuse() -> c.Refuse:
    return c.Refuse(**_common(), actor="bank", attempted="receipt of USD 5.00", reason="no money is expected")


def in_eligibility(*outcomes: Outcome, **content: Any) -> Story:
    return given(propose(**content), verify(), assess(*outcomes or (Outcome.REFER,)))


def in_approval(**content: Any) -> Story:
    return given(propose(**content), verify(), assess(Outcome.PASS))


def approved(story: Story) -> Story:
    """Everybody approves whose approval is wanted."""
    for role in story.partnership.missing_approvals:
        story = story.given(approve(next(name for name in STAFF if STAFF[name] is role)))
    return story


def in_agreement(conditions: tuple[ConditionId, ...] = (), **content: Any) -> Story:
    return approved(given(propose(**content), verify(), assess(conditions=conditions)))


def agreed(story: Story) -> Story:
    pays = story.partnership.proposed.funds_out is not None
    return story.given(sign(account=ACCOUNT if pays else None))


def active(conditions: tuple[ConditionId, ...] = (), **content: Any) -> Story:
    return agreed(in_agreement(conditions, **content))


def paid(**content: Any) -> Story:
    """The first payment of a partnership settled, in the usual case the only one."""
    return active(**content).given(release(1), *came_to(TrancheOutcome.SETTLED))


def again(story: Story, *outcomes: Outcome) -> Story:
    """Due diligence, eligibility and approval, once more."""
    return approved(story.given(verify(), assess(*outcomes)))


NON_MONETARY = {"non_monetary": {"funder": "ISOC", "activity": "A joint campaign for open exchanges"}}
