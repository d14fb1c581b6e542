"""Identifiers by the protocol: a UUID for each record, and numbers of registers by the register's code.

A UUID is made of the identifier that the other open standards have, so it stays whatever becomes of a name, and whoever
has the one can make the other: version 5 of RFC 9562, of `org-id:` and the identifier, in the namespace of URLs.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from publishing.json_text import JsonValue

_EIN: Final = re.compile(r"US-EIN-([0-9]{9})", re.ASCII)


def record_id(identifier: str) -> str:
    """Return the UUID of a record by its identifier in the open standards."""
    return str(uuid5(NAMESPACE_URL, f"org-id:{identifier}"))


def award_identifiers(base: str, reference: str) -> dict[str, JsonValue]:
    """Return an award's own reference under the publisher's code. `base`: the beginning of its identifiers."""
    return {"otherIds": _numbered(f"awd:{base.lower()}:reference", reference)}


def organisation_identifiers(identifier: str | None) -> dict[str, JsonValue] | None:
    """Return an organisation's number by the code of its register, or None if it has none.

    `identifier`: as org-id.guide makes it, `US-EIN-541650477` or `UG-NGO-218`.
    """
    if identifier is None:
        return None
    if ein := _EIN.fullmatch(identifier):
        return _numbered("org:us:ein", ein[1])
    scope, scheme, number = identifier.split("-", 2)
    return {"otherIds": _numbered(f"org:{scope}:{scheme}".lower(), number)}


def _numbered(code: str, number: str) -> dict[str, JsonValue]:
    return {code: {"registry": {"code": code}, "id": number}}
