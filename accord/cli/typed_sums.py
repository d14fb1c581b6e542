"""Sums in the shell: read in the one way of `accord.presentation.sums`, and said before they are signed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from accord.presentation.faults import BadInput
from accord.presentation.input_files import places_of
from accord.presentation.sums import read_sum, shown_sum
from domain.proposal import Proposal
from domain.values import Money


def typed_sum(option: str, text: str, currency: str = "") -> str:
    """Return the sum that an option gives, in digits. Raises BadInput, which names the option."""
    try:
        return read_sum(text, currency, places_of(currency))
    except BadInput as fault:
        raise BadInput(f"{option}: {fault}") from None


def sum_with_currency(option: str, text: str) -> dict[str, str]:
    """Return the sum that an option gives with its currency before it, in digits. Raises BadInput: it is none."""
    currency, _, amount = text.strip().partition(" ")
    if not (len(currency) == 3 and currency.isalpha() and amount):
        raise BadInput(_no_sum_with_currency(option, text))
    return {"amount": typed_sum(option, amount, currency.upper()), "currency": currency.upper()}


def typed_money(option: str, text: str) -> Money:
    """Return the sum that an option gives with its currency before it. Raises BadInput: it is none."""
    try:
        return Money.model_validate(sum_with_currency(option, text))
    except ValidationError:
        raise BadInput(_no_sum_with_currency(option, text)) from None


def _no_sum_with_currency(option: str, text: str) -> str:
    return f"{option}: {text[:40]!r} is no sum with its currency; write it as in 'USD 1250.00'"


def sums_told(content: Mapping[str, Any]) -> list[str]:
    """Return a line for each sum that options gave, as it was read."""
    lines: list[str] = []
    for name, part in content.items():
        if isinstance(part, dict) and "currency" in part:
            code = str(part["currency"])
            lines += [
                f"  {name if field == 'amount' else field} is read as {code} {_shown(amount, code)}"
                for field, amount in part.items()
                if field != "currency" and isinstance(amount, str)
            ]
            lines += [f"  line {line['line']} is read as {_line_shown(line, part)}" for line in part.get("lines", ())]
    return lines


def _line_shown(line: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """Return a line's sum in the grant's currency, beside that in which it was typed, if that is another."""
    code = str(figures["currency"])
    words, abroad = f"{code} {_shown(line['spent'], code)}", figures.get("abroad")
    return f"{abroad['currency']} {_shown(line['local'], abroad['currency'])}, {words}" if abroad else words


def _shown(amount: str, currency: str) -> str:
    return shown_sum(Decimal(amount), places_of(currency))


def proposal_told(proposal: Proposal, actor: str, act: str) -> list[str]:
    """Return what somebody proposes, or changes, in words, with each sum as it was read."""
    lines = [f"{proposal.reference}  {proposal.title}", f"  {actor} signs: {act}"]
    if (out := proposal.funds_out) is not None:
        lines.append(f"  money would go: {out.total} by {out.funder} to {out.payee.name}")
        lines += [f"    tranche {plan.number}: {plan.money}" for plan in out.tranches]
    if (gift := proposal.funds_in) is not None:
        lines.append(f"  money would come: {gift.money} from {gift.donor.name} to {gift.funder}")
    return lines
