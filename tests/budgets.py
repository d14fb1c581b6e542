"""A budget and a work plan as a proposal has them, and what a report says of them."""

from __future__ import annotations

from typing import Any

from tests.builders import funds_out

PERIODS = [{"starts": "2027-01-01", "ends": "2027-06-30"}, {"starts": "2027-07-01", "ends": "2027-12-31"}]


def line(number: int, category: str, *sums: str, kind: str = "DIRECT", **more: Any) -> dict[str, Any]:
    """A line with a sum for each period."""
    what = more.pop("what", f"{category} of teachers")
    return {"number": number, "category": category, "what": what, "kind": kind, "sums": list(sums), **more}


def budget(*lines: dict[str, Any], **terms: Any) -> dict[str, Any]:
    """A budget of 1,000 in two periods, in which a tenth of a category is free."""
    usual = (
        line(1, "Training", "300.00", "300.00"),
        line(2, "Travel", "200.00", "100.00", others=[{"source": "The county", "amount": "50.00", "in_kind": True}]),
        line(3, "Overhead", "50.00", "50.00", kind="INDIRECT", what="Rent and management"),
    )
    terms = {"indirect_most": "15", "free_move": "10", "periods": PERIODS, **terms}
    return {**terms, "lines": list(lines or usual)}


def template_content(**more: Any) -> dict[str, Any]:
    """An edition of a template within which that budget is, in two languages."""
    kinds = {"training": "DIRECT", "travel": "DIRECT", "overhead": "INDIRECT"}
    labels = {"en": ("Training", "Travel", "Overhead"), "es": ("Formación", "Viajes", "Gastos generales")}
    words = {
        language: {
            "title": "School budget",
            **{f"{code}.label": label for code, label in zip(kinds, said, strict=True)},
        }
        for language, said in labels.items()
    }
    return {
        "kind": "BUDGET", "name": "school-budget", "edition": "2026.1", "languages": ["en", "es"], "words": words,
        "categories": [{"code": code, "kind": kind} for code, kind in kinds.items()],
        "indirect_most": "15", "indirect_of": "GRANT", "free_move": "10", "free_floor": "50", "periods_most": 4,
        **more,
    }  # fmt: skip


def milestone(number: int = 1, **more: Any) -> dict[str, Any]:
    """A milestone that is due in the first period."""
    return {"number": number, "what": f"Course {number} is held", "due_on": "2027-03-31", **more}


def budgeted(*amounts: str, plan: dict[str, Any] | None = None, **leg: Any) -> dict[str, Any]:
    """The content of a proposal with a budget."""
    return {"funds_out": funds_out(*(amounts or ("1000.00",)), budget=plan or budget(), **leg)}


def spent(*sums: str, **reasons: str) -> list[dict[str, Any]]:
    """What was spent of lines 1, 2, 3 ..., and why, by `line_1="It rained"`."""
    lines: list[dict[str, Any]] = [{"line": number, "spent": one} for number, one in enumerate(sums, 1)]
    for entry in lines:
        if (reason := reasons.get(f"line_{entry['line']}")) is not None:
            entry["reason"] = reason
    return lines
