"""A cell as the text that somebody would have typed, and a text as it stands in its cell."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from accord.grantee.questions.fields import FieldInput
from accord.grantee.words import AnswerFault, DoorWords

NOISE: Final = Decimal("1e-9")
"""What a program's arithmetic leaves behind the last decimal, such as 33.300000000000004."""
MOST_DIGITS: Final = 15
"""The most digits of a number that a cell holds exactly."""
MOST_LETTERS: Final = 32_767
"""The most letters that a cell holds."""
_NUMBERS: Final = frozenset({"money", "number"})
_FORMULA: Final = AnswerFault("workbook.formula")
_KIND: Final = AnswerFault("workbook.kind")


class OpenedCell(NamedTuple):
    """A cell as the child read it: its kind (t, n, d, b, x or o), and its text."""

    kind: str
    text: str


class CellReader:
    """Reads cells as the texts of inputs."""

    def __init__(self, words: DoorWords, decimals: int) -> None:
        """Read in the language in which the workbook was made. `decimals`: those of the grant's currency."""
        self._words = words
        self._decimals = decimals

    def text(self, entry: FieldInput, cell: OpenedCell) -> str | AnswerFault:
        """Return the text that somebody would have typed, or what is wrong with the cell."""
        match cell.kind:
            case "x":
                return _FORMULA
            case "t":
                return self._typed(entry, cell.text)
            case "n":
                return _of_number(entry, cell.text, self._decimals if entry.look == "money" else 2)
            case "d":
                return cell.text if entry.look == "date" else _KIND
            case "b" if entry.look == "yesno":
                return "yes" if cell.text else "no"
            case _:
                return _KIND

    def says_yes(self, cell: OpenedCell) -> bool | AnswerFault:
        """Read the cell beside a choice as yes or no, or return its fault."""
        if cell.kind == "x":
            return _FORMULA
        answer = _matching(self._yes_or_no, cell.text) if cell.kind == "t" else {"1": "yes", "": "no"}.get(cell.text)
        return answer == "yes" if answer in {"yes", "no"} else AnswerFault("fault.choice")

    def _typed(self, entry: FieldInput, text: str) -> str:
        match entry.look:
            case "area":
                return text.replace("\r\n", "\n").strip()
            case "yesno":
                return _matching(self._yes_or_no, text)
            case "choice":
                return _matching(dict(entry.choices), text)
            case _:
                return " ".join(text.split())

    @property
    def _yes_or_no(self) -> Mapping[str, str]:
        return {"yes": self._words("answer.yes"), "no": self._words("answer.no")}

    def shown(self, entry: FieldInput, draft: Any) -> str:
        """Return the text in the cell of an input, for what was written before, or '' where a cell cannot hold it."""
        text = draft if isinstance(draft, str) and len(draft) <= MOST_LETTERS else ""
        match entry.look:
            case "yesno":
                return self._yes_or_no.get(text, "")
            case "choice":
                return dict(entry.choices).get(text, "")
            case _:
                return text

    def choices(self, entry: FieldInput) -> list[str]:
        """Return the words of which a cell holds one, none where it may hold any."""
        if entry.look == "yesno":
            return [*self._yes_or_no.values()]
        return [label for _, label in entry.choices] if entry.look in {"choice", "choices"} else []


def _matching(labels: Mapping[str, str], text: str) -> str:
    """Return the choice whose label or code a text is, else the text: the form then says that it is none."""
    plain = " ".join(text.split())
    matching = (code for code, label in labels.items() if plain.casefold() in {label.casefold(), code.casefold()})
    return next(matching, plain)


def _of_number(entry: FieldInput, digits: str, decimals: int) -> str | AnswerFault:
    """Return a number as a reader of sums takes it: of a number it is known which sign is the point."""
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return _KIND
    if not number.is_finite() or abs(number) >= 10**MOST_DIGITS:
        return AnswerFault("fault.decimals", {"written": digits[:30], "decimals": decimals})
    if entry.look not in _NUMBERS:
        return format(number.quantize(Decimal(1)) if number == number.to_integral_value() else number, "f")
    amount = number.quantize(Decimal(1).scaleb(-decimals))
    if abs(amount - number) > NOISE:
        return AnswerFault("fault.decimals", {"written": format(number, "f")[:30], "decimals": decimals})
    return _clear(format(amount, "f"))


def _clear(digits: str) -> str:
    """Return digits that nobody takes for thousands: three behind a point have four before it, be they zeros."""
    whole, _, part = digits.partition(".")
    if len(part) != 3:
        return digits
    return f"{whole.zfill(4)}.{part}"
