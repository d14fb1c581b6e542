"""Legal forms of companies, as they stand in names. `Inc` is none of them: most US charities are corporations."""

from __future__ import annotations

import re
from typing import Final

_ANYWHERE: Final = "llc llp lllp pllc ltd limited plc gmbh ooo zao pjsc sdn bhd pty pvt sarl srl"
_AT_THE_END: Final = "lp pc ag kg ug bv nv sa sas spa sl oy oyj ab asa aps kk pte jsc co"

COMMERCIAL_FORMS: Final = frozenset(_ANYWHERE.split())
"""Forms that are one wherever they stand in a name."""

CLOSING_FORMS: Final = frozenset(_AT_THE_END.split())
"""Forms that are one at the end of a name only: elsewhere they are initials or other words."""


def commercial_form(name: str) -> str | None:
    """Return the legal form of a company in a name, or None if there is none."""
    words = re.findall(r"\w+", name.casefold().replace(".", ""))
    forms = [word for word in words if word in COMMERCIAL_FORMS] + [
        word for word in words[-1:] if word in CLOSING_FORMS
    ]
    return forms[0] if forms else None
