"""Refusals by a bank: of a payment, a batch or a whole file, by a code, in its own words, or without a reason."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple
from xml.sax.saxutils import escape

Level = Literal["payment", "batch", "file"]


class Refusal(NamedTuple):
    """A status report's word on a refusal."""

    level: Level = "payment"
    code: str = ""
    """An ISO 20022 external status reason."""
    own: str = ""
    """A reason of the bank's own (`Prtry`)."""
    text: str = ""

    @property
    def reason(self) -> str:
        """The reason as it stands in the message, or '' where it gives none."""
        code = f"<Cd>{self.code}</Cd>" if self.code else ""
        own = f"<Prtry>{escape(self.own)}</Prtry>" if self.own else ""
        text = f"<AddtlInf>{escape(self.text)}</AddtlInf>" if self.text else ""
        why = f"<Rsn>{code or own}</Rsn>" if code or own else ""
        return f"<StsRsnInf>{why}{text}</StsRsnInf>" if why or text else ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.level, self.code, self.own, self.text))) + ("" if self.reason else ", why?")


SILENT: Final = Refusal()
"""Without a reason."""

HAS_IT: Final = Refusal(code="AM05")
"""By the code for it: the bank has this payment already."""

ALREADY_THERE: Final = (
    Refusal("file", own="DUPLICATE FILE"),
    Refusal("file", code="NARR", text="Duplicate file, message id already processed"),
    Refusal("file", code="FF01", text="duplicate"),
    Refusal("file"),
    Refusal("batch", own="ALREADY EXISTS"),
    Refusal("payment", code="NARR", text="was processed before"),
    Refusal("payment"),
)
"""How a bank refuses the second copy of what it has, where it does not say so by the code for it."""

CONTENT: Final = (Refusal(code="RC01"), Refusal(code="AG01"), Refusal(code="BE05"), Refusal("file", code="RC01"))
"""How it refuses a payment for a fault of its content."""

IN_WORDS: Final = (
    Refusal(code="MS03"),
    Refusal(own="NOT TODAY"),
    Refusal("file"),
    Refusal("file", code="NARR", text="Cut-off time missed"),
)
"""How it truly refuses, and a reader cannot know that."""
