"""The part of a partnership that a form shows, as it was pushed into its row.

Each field may be missing: a form that shows less is a form all the same. What is not known here is left out.
"""

from __future__ import annotations

import hashlib
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.canonical_json import canonical_json


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class ShownRow(_Part):
    """A row of a plan: a line of the budget, a step of the work plan, an indicator."""

    number: int
    what: str


class ShownLine(ShownRow):
    """A line of the budget, with what was spent by the report before."""

    sum: str = ""
    before: str = ""
    sums: tuple[str, ...] = ()
    """What the grant pays of it, by period."""


class ShownMilestone(ShownRow):
    """A step of the work plan."""

    due_on: str = ""


class ShownIndicator(ShownRow):
    """An indicator of the proposal."""

    target: str = ""
    before: str = ""


class ShownAgreement(_Part):
    """The agreement that was issued: its digest, and its text where it is shown."""

    sha256: str = ""
    text: str = ""


class ShownStatus(_Part):
    """The state of the matter in plain words of the form's language, a sentence a line."""

    stands: str = ""
    waits: tuple[str, ...] = ()
    """Our part: what the grantee waits for."""
    owes: tuple[str, ...] = ()
    """The grantee's part: what we wait for."""
    paid: tuple[str, ...] = ()
    clock: tuple[str, ...] = ()
    """How long it was with us, and with them."""


class ShownForm(_Part):
    """All that a form shows."""

    title: str = ""
    partner: str = ""
    funder: str = ""
    contact: str = ""
    """Whom the grantee may ask, by name."""
    note: str = ""
    """What staff ask, above the form."""
    currency: str = ""
    period: tuple[str, ...] = ()
    """The first and the last day of the work."""
    due_on: str = ""
    report_kind: str = ""
    paid: str = ""
    paid_sum: str = ""
    """What a report accounts for to the cent, in digits. '' where its figures need not."""
    came_back: str = ""
    """What came back of it so far, in digits."""
    lines: tuple[ShownLine, ...] = ()
    milestones: tuple[ShownMilestone, ...] = ()
    indicators: tuple[ShownIndicator, ...] = ()
    papers: tuple[str, ...] = ()
    """The papers that are asked for, in words."""
    agreement: ShownAgreement = ShownAgreement()
    way: str = ""
    """The light way in which a report is asked for, or ''."""
    written_down: str = ""
    """A spoken report, as staff wrote it down."""
    periods: tuple[tuple[str, str], ...] = ()
    """The first and the last day of each period of the budget."""
    questions: dict[str, str] = {}
    """By field: what staff asked when they returned what was handed in."""
    status: ShownStatus = ShownStatus()
    spoken: dict[str, ShownStatus] = {}
    """By language: the same."""
    case: str = ""
    """The digest under which the case stands in the funder's clock, which is public by quarter."""

    @property
    def read(self) -> dict[str, Any]:
        """The part of it that the grantee's word is about, which their signed digest covers."""
        agreement = self.agreement.model_dump(mode="json") if self.agreement.sha256 else None
        parts = {"agreement": agreement, "papers": list(self.papers), "spoken": self.written_down, "note": self.note}
        return {name: part for name, part in parts.items() if part}

    @property
    def read_sha256(self) -> str:
        """The digest of that part, or '' where its questions say it all."""
        return hashlib.sha256(canonical_json(self.read)).hexdigest() if self.read else ""


def shown_form(content: dict[str, Any]) -> ShownForm:
    """Return the content of a form. A part that cannot be read is left out, and the rest is shown."""
    try:
        return ShownForm.model_validate(content)
    except ValidationError as fault:
        unreadable = {error["loc"][0] for error in fault.errors() if error["loc"]}
        readable = {name: part for name, part in content.items() if name not in unreadable}
        return ShownForm() if len(readable) == len(content) else shown_form(readable)
