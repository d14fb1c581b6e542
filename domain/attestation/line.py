"""The line of a day: a frozen value in canonical JSON, which names the line before it and a signed checkpoint."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationError

from domain.attestation.comparing import AccountFigures, DayComparison
from domain.attestation.readings import ZERO, MoneySide, SideDifference
from domain.canonical_json import canonical_json
from domain.values import ExactDecimal, Moment, Sha256, Value, is_empty, is_none, minor_digits

HEAD: Final = "accord attestation 1"
"""The first line of the text that is signed."""
MOST_SHOWN: Final = 100
"""The most differences, and the most reasons, that a line names. The rest are counted."""

Name = Annotated[str, StringConstraints(max_length=400)]


class DayVerdict(StrEnum):
    """The verdict of a day."""

    AGREES = "AGREES"
    DIFFERS = "DIFFERS"
    NOT_KNOWN = "NOT_KNOWN"
    """Nothing differs, and a side could not be read or says nothing of the day."""


class LineFigures(Value):
    """The figures of an account in one currency, up to the end of the day. None: its side says nothing."""

    funder: str
    account: str
    currency: str
    events: ExactDecimal | None
    postings: ExactDecimal | None
    balance: ExactDecimal | None
    entries: int
    other_entries: int
    other_sum: ExactDecimal


class LineDifference(Value):
    """A place where a side differs, and by how much."""

    side: MoneySide
    words: Name
    where: Name
    account: str
    currency: str
    amount: ExactDecimal
    day: date | None = Field(default=None, exclude_if=is_none)


class LineReason(Value):
    """A reason why something is not known."""

    side: MoneySide
    reason: Name


class Findings(Value):
    """All that is said of a day, whenever it is said."""

    day: date
    verdict: DayVerdict
    figures: tuple[LineFigures, ...]
    differences: tuple[LineDifference, ...] = Field(default=(), exclude_if=is_empty)
    unknowns: tuple[LineReason, ...] = Field(default=(), exclude_if=is_empty)
    more: int = Field(default=0, exclude_if=lambda count: not count)
    """The differences and reasons beyond those that are named."""

    @classmethod
    def of(cls, day: date, comparison: DayComparison) -> Self:
        """Return the findings of a comparison."""
        differences, reasons = comparison.differences, comparison.unknowns
        more = len(differences[MOST_SHOWN:]) + len(reasons[MOST_SHOWN:])
        return cls(
            day=day, verdict=_verdict(comparison), figures=tuple(map(_figures, comparison.figures)), more=more,
            differences=tuple(map(_difference, differences[:MOST_SHOWN])),
            unknowns=tuple(LineReason(side=side, reason=_cut(reason)) for side, reason in reasons[:MOST_SHOWN]),
        )  # fmt: skip


class CheckpointNamed(Value):
    """The signed checkpoint up to which the ledger was read."""

    size: Annotated[int, Field(ge=0)]
    root: Sha256


class AttestationLine(Findings):
    """The line of a day as it is signed."""

    form: Literal[1] = 1
    number: Annotated[int, Field(ge=1)]
    before: Sha256 | Literal[""]
    """The digest of the line before it as it was signed, or '' for the first line."""
    checkpoint: CheckpointNamed
    made_at: Moment
    in_transit: dict[str, dict[str, ExactDecimal]]
    """By side: the sums on their way when the line was made, by currency."""
    supersedes: int | None = Field(default=None, exclude_if=is_none)
    """The number of the earlier line of the same day that this one stands for."""
    because: Name = Field(default="", exclude_if=is_empty)

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{HEAD}\n{canonical_json(self.model_dump(mode='json')).decode()}\n"

    @property
    def digest(self) -> str:
        """The SHA-256 of the text, which the next line names."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def findings(self) -> Findings:
        """Its content about the day, without the time of signing and the line before."""
        return Findings.model_validate({name: getattr(self, name) for name in Findings.model_fields})

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text of a line.

        Raises:
            ValueError: It is none, or not written as one.
        """
        head, _, content = text.partition("\n")
        try:
            line = cls.model_validate(json.loads(content))
        except (ValidationError, json.JSONDecodeError) as fault:
            raise ValueError(f"not a line of an attestation: {type(fault).__name__}") from None
        if head != HEAD or line.text != text:
            raise ValueError(f"not a line of an attestation: it begins {head[:40]!r}, or is not in canonical JSON")
        return line


def chain_faults(lines: Iterable[AttestationLine]) -> list[str]:
    """Return the places at which lines, in the order of their files, do not follow one another."""
    faults, number, before, days = [], 0, "", dict[date, int]()
    for line in lines:
        if line.number != number + 1:
            faults.append(f"line {number + 1} is missing; the next is {line.number}")
        elif line.before != before:
            faults.append(f"line {line.number} does not follow the line before it: one of them was changed")
        if line.supersedes != days.get(line.day):
            faults.append(f"line {line.number} does not name the earlier line of {line.day} that it stands for")
        number, before, days[line.day] = line.number, line.digest, line.number
    return faults


def newest_by_day(lines: Iterable[AttestationLine]) -> dict[date, AttestationLine]:
    """Return the line of each day that counts: the newest."""
    return {line.day: line for line in lines}


def _verdict(comparison: DayComparison) -> DayVerdict:
    if comparison.differences:
        return DayVerdict.DIFFERS
    return DayVerdict.NOT_KNOWN if comparison.unknowns else DayVerdict.AGREES


def _figures(figures: AccountFigures) -> LineFigures:
    sums = ("events", "postings", "balance", "other_sum")
    texts = {name: _written(getattr(figures, name), figures.currency) for name in sums}
    return LineFigures.model_validate({**figures._asdict(), **texts})


def _difference(difference: SideDifference) -> LineDifference:
    fields = difference._asdict()
    texts = {name: _cut(fields[name]) for name in ("words", "where")}
    amount = _written(difference.amount, difference.currency)
    return LineDifference.model_validate({**fields, **texts, "amount": amount})


def written_sums(sums: dict[str, dict[str, Decimal]]) -> dict[str, dict[str, str | None]]:
    """Return sums by side and currency as lines write them."""
    return {side: {code: _written(amount, code) for code, amount in of.items()} for side, of in sums.items()}


def _written(amount: Decimal | None, currency: str) -> str | None:
    """Return an amount with the decimal places of its currency, so that one sum has one text."""
    if amount is None:
        return None
    try:
        places = minor_digits(currency)
    except KeyError:
        places = 2
    sum_ = amount + ZERO  # of nothing, whatever its sign, there is one text
    return f"{sum_:.{places}f}" if sum_ == round(sum_, places) else f"{sum_.normalize():f}"


def _cut(text: str) -> str:
    return text if len(text) <= 400 else f"{text[:399]}…"
