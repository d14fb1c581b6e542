"""The forms of funds: what each asks, the change that it makes of the answers, and whether the fund allows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from accord.console.deciding.fields import Field, Typed, said
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput
from accord.presentation.input_files import places_of
from accord.presentation.sums import read_sum
from accord.presentation.words.values import NamesInWords, sum_in_words
from domain.directory.directory import Directory
from domain.fault import Fault
from domain.funds.changes import adoption_fault, change_fault, confirmation_fault, opening_fault
from domain.funds.events import Adoption, FundChangeAsked, FundChangeConfirmed, FundKind, FundOpened, Transfer
from domain.funds.fund import Fund
from ledger import clock
from records.funds import Funds

_SUM: Final = Field("amount", "Sum", "Such as 20000 or 20,000.00, in the fund's currency.", "line", fills=("change",))
_REASON: Final = Field("reason", "Why", "Such as the resolution of the board, with its number.")


@dataclass(frozen=True, slots=True)
class FundForm:
    """A change of a fund's money that a form asks for."""

    slug: str
    words: str
    kind: str
    fields: tuple[Field, ...]
    suits: Callable[[Fund], bool]
    """True for a fund that this can ever be asked of."""
    lead: str = ""

    def change(self, fund: Fund, answers: Typed) -> dict[str, Any]:
        """Return the change that the answers ask for. Raises BadInput for a sum that is none, or not clear."""
        change: dict[str, Any] = {"kind": self.kind}
        for field in self.fields:
            match field.name:
                case "amount":
                    change["amount"] = _read_sum(said(answers, "amount"), fund.currency)
                case "partnerships":
                    change["partnerships"] = said(answers, "partnerships").upper().replace(",", " ").split()
                case "to":
                    change["to"] = said(answers, "to")
                case _:
                    pass
        return change


def _read_sum(text: str, currency: str) -> str:
    try:
        return read_sum(text, currency, places_of(currency))
    except BadInput as fault:
        raise BadInput(f"amount: {fault}") from None


_TO: Final = Field("to", "To the fund", "Of the same funder, in the same currency.", "choice")
_PARTNERSHIPS: Final = Field("partnerships", "Partnerships", "P-…, one or several.", "line", fills=("change",))

CHANGES: Final = (
    FundForm("budget", "Set its budget", "budget", (_SUM, _REASON), lambda fund: fund.kind is FundKind.PROGRAMME,
             "It takes the place of the budget before."),
    FundForm("balance", "Enter its opening balance", "opening_balance", (_SUM, _REASON),
             lambda fund: fund.kind is not FundKind.PROGRAMME and not fund.opening,
             "The money that the fund held when it came to Accord. It is entered once."),
    FundForm("transfer", "Move money to another fund", "transfer", (_TO, _SUM, _REASON),
             lambda fund: fund.kind is not FundKind.RESTRICTED),
    FundForm("overdraft", "Let it go below zero", "overdraft", (_SUM, _REASON), lambda fund: True,
             "Up to the sum; 0 ends it."),
    FundForm("adopt", "Pay partnerships approved before", "adoption", (_PARTNERSHIPS, _REASON), lambda fund: True,
             "The fund pays what is left of partnerships that were approved before it was kept here."),
    FundForm("close", "Close it", "closing", (_REASON,), lambda fund: True,
             "Nothing is reserved of it any more. It must be empty, with nothing kept for a partnership."),
)  # fmt: skip
"""The changes that can be asked for, the most usual first."""

BY_SLUG: Final[Mapping[str, FundForm]] = {form.slug: form for form in CHANGES}


def offered(fund: Fund) -> tuple[FundForm, ...]:
    """Return the changes that can be asked of a fund as it stands: of a closed one, that what came in moves on."""
    forms = (form for form in CHANGES if form.suits(fund))
    return tuple(form for form in forms if not fund.closed or form.slug == "transfer")


def opening_fields(directory: Directory) -> tuple[Field, ...]:
    """Return the fields of a new fund."""
    funders = tuple((funder.funder_id, funder.name) for funder in directory.funders)
    year = clock.today().year
    return (
        Field("name", "What it is called", f"Such as Connect {year}.", "line"),
        Field("fund", "Its short name", f"Capitals, such as FD-{year}-CONNECT.", "line", fills=("fund_id",)),
        Field("funder", "Whose money it is", kind="choice", choices=funders),
        Field("currency", "Currency", "Three letters, such as USD.", "line"),
        Field("programme", "Programme", "Which, if it is a programme's budget; else leave it empty.", "line"),
        Field("first_day", "Money may be reserved from", kind="day"),
        Field("last_day", "Money may be reserved until", kind="day"),
    )  # fmt: skip


def opening_answers() -> dict[str, list[str]]:
    """Return the content of the form of a new fund before anybody typed: this year."""
    year = clock.today().year
    days = {"first_day": [str(date(year, 1, 1))], "last_day": [str(date(year, 12, 31))]}
    return {"fund": [f"FD-{year}-"], "currency": ["USD"], **days}


def opening_content(answers: Typed) -> dict[str, Any]:
    """Return the content of a new fund: a programme makes it a programme's budget."""
    programme = said(answers, "programme") or None
    names = ("name", "funder", "first_day", "last_day")
    return {
        "fund_kind": FundKind.PROGRAMME if programme else FundKind.UNRESTRICTED,
        "programme": programme,
        "currency": said(answers, "currency").upper(),
        **{name: said(answers, name) for name in names},
    }


async def with_funds(console: Console, form: FundForm, fund: Fund, others: list[Fund]) -> tuple[Field, ...]:
    """Return a form's fields, with the funds to which its money may move."""
    open_funds = [other for other in others if other.is_open and not other.closed and other.fund_id != fund.fund_id]
    same = [other for other in open_funds if (other.funder, other.currency) == (fund.funder, fund.currency)]
    choices = tuple((other.fund_id, f"{other.name} ({other.fund_id})") for other in same)
    return tuple(replace(field, choices=choices) if field.name == "to" else field for field in form.fields)


def stands(fund: Fund, names: NamesInWords) -> str:
    """Return the money that a fund has and may still reserve, in a sentence."""
    left = sum_in_words(fund.balance(clock.now()).available, fund.currency)
    return f"{fund.name} ({fund.fund_id}), money of {names.funder(fund.funder)}: {left} available."


async def fault_on_fund(console: Console, fund: Fund, act: Any) -> Fault | None:
    """Return the reason why a fund does not take an act as things stand, or None: the first gate asks the same."""
    match act:
        case FundOpened():
            funders = frozenset(funder.funder_id for funder in (await console.desk.directory()).funders)
            return opening_fault(fund, act, funders)
        case FundChangeAsked(change=change):
            return await _change_fault(console, fund, change)
        case FundChangeConfirmed():
            fault = confirmation_fault(fund, act)
            return fault or await _change_fault(console, fund, fund.asked[act.change_id].event.change)
        case _:
            raise ValueError(f"{type(act).__name__} is no act on a fund")


async def _change_fault(console: Console, fund: Fund, change: Any) -> Fault | None:
    others = await Funds(console.desk.reader).read_all((change.to,)) if isinstance(change, Transfer) else {}
    fault = change_fault(fund, change, clock.now(), others)
    if fault or not isinstance(change, Adoption):
        return fault
    partnerships = [await console.desk.known_partnership(partnership) for partnership in change.partnerships]
    return adoption_fault(fund, tuple(partnerships), clock.now())
