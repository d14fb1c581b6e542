"""given(what was done).when(somebody asks).then(what happened), or .refused(why): so that rules read as sentences."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from itertools import count
from typing import Any, NamedTuple

from domain import commands as c
from domain import events as e
from domain.decisions import decide
from domain.errors import DomainError
from domain.evolution import evolve
from domain.parties import AccountReference
from domain.partnership import Partnership, Stage
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.proposal import Direction
from domain.signing import Shown, Signature
from domain.tiers import Role
from domain.tranche import TrancheOutcome
from tests.builders import ACCOUNT, DIGEST, NOON, STAFF, authority, number, proposal, status, verification

REFERENCE = "P-2026-0042"
EVERYBODY = {name: tuple(Role) for name in ("ada.every", "ben.every", "cyd.every")}
PEOPLE = {**{name: (role,) for name, role in STAFF.items()}, **EVERYBODY}

_numbers = count(1)


def at(hours: int = 0) -> Any:
    return NOON + timedelta(hours=hours)


def authority_of(command: c.AnyCommand) -> c.Authority:
    actor = getattr(command, "actor", "")
    return authority(actor, *PEOPLE[actor]) if actor in PEOPLE else c.Authority()


def signed(partnership: Partnership, command: c.AnyCommand) -> c.AnyCommand:
    """The command as its actor signs it on what stands now; the mathematics is another room's."""
    if not isinstance(command, c.StaffCommand) or command.signature is not None:
        return command
    shown = None
    if partnership.proposal is not None:
        shown = Shown(version=partnership.version, position=max(partnership.version, 1), terms=partnership.terms)
    statement = command.statement(partnership.partnership_id, shown)
    signature = Signature(statement=statement, key_id="EK-" + "A" * 16, value="A" * 86 + "==")
    return command.model_copy(update={"signature": signature})


class Story(NamedTuple):
    """What was done so far, and how the last request was answered."""

    partnership: Partnership
    history: tuple[e.Event, ...] = ()
    said: tuple[e.Event, ...] = ()
    refusal: DomainError | None = None

    def when(self, command: c.AnyCommand, who: c.Authority | None = None) -> Story:
        try:
            said = decide(self.partnership, signed(self.partnership, command), who or authority_of(command))
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

    def given(self, *commands: c.AnyCommand) -> Story:
        story = self
        for command in commands:
            story = story.when(command)
            assert story.refusal is None, f"the story does not hold: {story.refusal}"
        return story


def given(*commands: c.AnyCommand) -> Story:
    return Story(Partnership(partnership_id=REFERENCE)).given(*commands)


def _common(actor: str | None = None, hours: int = 0) -> dict[str, Any]:
    who = {} if actor is None else {"actor": actor}
    return {"command_id": number(f"command {next(_numbers)}"), "at": at(hours), **who}


def propose(actor: str = "pia.berg", **content: Any) -> c.Propose:
    return c.Propose(**_common(actor), proposal=proposal(**content))


def approve(actor: str) -> c.Approve:
    return c.Approve(**_common(actor), reason="It serves the readers")


def decline(actor: str = "ana.silva") -> c.Decline:
    return c.Decline(**_common(actor), reason="Not for us")


def ask(actor: str = "vera.lind") -> c.ReturnForInformation:
    return c.ReturnForInformation(**_common(actor), question="Which villages?")


def withdraw(actor: str = "pia.berg") -> c.Withdraw:
    return c.Withdraw(**_common(actor), reason="Another funder was found")


def sign(actor: str = "dora.kim", account: AccountReference | None = ACCOUNT) -> c.SignAgreement:
    return c.SignAgreement(**_common(actor), signed_on=date(2026, 11, 2), document_sha256=DIGEST, account=account)


def release(tranche: int = 1, actor: str = "paul.nkosi") -> c.Release:
    return c.Release(**_common(actor), tranche=tranche)


def report(actor: str = "pia.berg") -> c.Report:
    return c.Report(**_common(actor), summary="Eleven courses were held")


def hold(actor: str = "vera.lind") -> c.PlaceHold:
    return c.PlaceHold(**_common(actor), reason="A newspaper report")


def lift(actor: str = "femi.ade") -> c.LiftHold:
    return c.LiftHold(**_common(actor), reason="The report was wrong")


def terminate(actor: str = "dora.kim") -> c.Terminate:
    return c.Terminate(**_common(actor), reason="The grantee dissolved")


def verify() -> c.RecordVerification:
    return c.RecordVerification(**_common(), verification=verification(status()))


def assessment(*outcomes: Outcome) -> Assessment:
    findings = tuple(
        Finding(
            rule_id=f"RULE-{index}",
            layer=Layer.POLICY,
            citation="owner's policy",
            confirmed=True,
            leg=Direction.FUNDS_OUT,
            outcome=outcome,
            reason=f"finding {index}",
        )
        for index, outcome in enumerate(outcomes, start=1)
    )
    return Assessment(rule_book="2026.1", facts_sha256=DIGEST, findings=findings)


def assess(*outcomes: Outcome) -> c.RecordAssessment:
    return c.RecordAssessment(**_common(), assessment=assessment(*outcomes or (Outcome.PASS,)))


def deadline(days: int = 14) -> c.PassDeadline:
    return c.PassDeadline(**_common(hours=24 * days))


def ended(outcome: TrancheOutcome, tranche: int = 1, attempt: int = 1) -> c.RecordTrancheOutcome:
    return c.RecordTrancheOutcome(
        **_common(), tranche=tranche, attempt=attempt, outcome=outcome, reason="AC04 account closed"
    )


def receipt(amount: str = "5000.00", currency: str = "USD") -> c.RecordReceipt:
    money = {"amount": amount, "currency": currency}
    return c.RecordReceipt(**_common(), money=money, bank_reference="BANK-1")


def refuse() -> c.Refuse:
    return c.Refuse(**_common(), actor="bank", attempted="receipt of USD 5.00", reason="no money is expected")


def in_eligibility(*outcomes: Outcome, **content: Any) -> Story:
    return given(propose(**content), verify(), assess(*outcomes or (Outcome.REFER,)))


def in_approval(**content: Any) -> Story:
    return given(propose(**content), verify(), assess(Outcome.PASS))


def in_agreement(**content: Any) -> Story:
    story = in_approval(**content).given(approve("ana.silva"))
    return story if story.partnership.stage is Stage.AGREEMENT else story.given(approve("femi.ade"))


def active(**content: Any) -> Story:
    story = in_agreement(**content)
    pays = story.partnership.proposed.funds_out is not None
    return story.given(sign(account=ACCOUNT if pays else None))


NON_MONETARY = {"non_monetary": {"funder": "ISOC", "activity": "A joint campaign for open exchanges"}}
