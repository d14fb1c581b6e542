"""The styles of a form's cells: what may be filled in is marked, and not locked."""

from __future__ import annotations

from typing import Any, NamedTuple


class FormStyles(NamedTuple):
    """The styles of a form's cells."""

    title: Any
    heading: Any
    text: Any
    amount: Any
    answer: Any
    answer_amount: Any

    @classmethod
    def of(cls, book: Any, digits: int) -> FormStyles:
        """Return the styles. What may be filled in is marked, and not locked."""
        amount = "#,##0" + ("." + "0" * digits if digits else "")
        marked = {"locked": False, "border": 1, "bg_color": "#FFF9DB", "valign": "top", "text_wrap": True}
        return cls(
            title=book.add_format({"bold": True, "font_size": 14}),
            heading=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            text=book.add_format({"text_wrap": True, "valign": "top"}),
            amount=book.add_format({"num_format": amount, "valign": "top"}),
            answer=book.add_format(marked),
            answer_amount=book.add_format({**marked, "num_format": amount}),
        )
