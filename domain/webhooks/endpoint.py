"""An endpoint of webhooks: its address, the events that it hears, from where on, and until which day."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from domain.streams import StreamKind
from domain.values import Sha256, Value, short

EVERYTHING: Final = "everything"
"""Stands for the events of every stream."""

KINDS: Final = {kind.name.lower().replace("_", "-"): kind for kind in StreamKind}
"""The kinds of stream by the word that an endpoint hears them by, such as `partnership` or `payment-file`."""

MOST_HEARD: Final = 60
_LONGEST: Final = 500
_EVENT_TYPE: Final = re.compile(r"[A-Z][A-Za-z0-9]{1,99}")
_HOST: Final = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(
    rf"(?:https://(?P<host>{_HOST}|\[[0-9A-Fa-f:.]{{2,45}}\])|http://(?P<own>127\.0\.0\.1|localhost))"
    r"(?::(?P<port>[0-9]{1,5}))?(?:[/?][!\"$-~]*)?"
)
"""An address over TLS, or of this machine, without a user and without a fragment."""


def _leads_somewhere(match: re.Match[str]) -> bool:
    """True if the port is one, and a host in brackets or of four numbers is an address of the internet protocol."""
    host = match["host"] or ""
    try:
        if host.startswith("[") or re.fullmatch(r"[0-9]+(\.[0-9]+){3}", host):
            ip_address(host.strip("[]"))
    except ValueError:
        return False
    return match["port"] is None or 0 < int(match["port"]) < 2**16


def _address(text: str) -> str:
    match = _ADDRESS.fullmatch(text)
    if len(text) > _LONGEST or match is None or not _leads_somewhere(match):
        raise ValueError(
            f"{short(text)} is no address of an endpoint; write https://HOST/PATH in ASCII, without a user, a secret "
            f"and #, of at most {_LONGEST} letters"
        )
    return text


EndpointAddress = Annotated[str, AfterValidator(_address)]
"""Where an endpoint is posted to: https, or http to this machine."""

EndpointName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
"""The name of an endpoint, such as general-ledger."""


class Endpoint(Value):
    """An endpoint as two guardians enrol it. The digest of its secret is its identity, for ever."""

    name: EndpointName
    url: EndpointAddress
    hears: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_HEARD)] = Field(
        description="Types of event, kinds of stream, or everything"
    )
    after: Annotated[int, Field(ge=0, le=2**53 - 1)] = Field(
        description="The position of the ledger after which it hears; nothing before is ever sent to it"
    )
    sha256: Sha256 = Field(description="The digest of its secret")
    last_day: date = Field(description="The last day on which anything is sent to it, in UTC")

    @field_validator("hears")
    @classmethod
    def _is_heard(cls, hears: tuple[str, ...]) -> tuple[str, ...]:
        for word in hears:
            if word != EVERYTHING and word not in KINDS and not _EVENT_TYPE.fullmatch(word):
                raise ValueError(
                    f"{short(word)} is neither a type of event, such as PaymentSettled, nor a kind of stream "
                    f"({', '.join(sorted(KINDS))}), nor {EVERYTHING}"
                )
        if list(hears) != sorted(set(hears)):
            raise ValueError("what an endpoint hears stands once each, and sorted")
        return hears

    @property
    def hears_everything(self) -> bool:
        """True if it hears the events of every stream."""
        return EVERYTHING in self.hears

    @property
    def event_types(self) -> tuple[str, ...]:
        """The types of event that it hears in any stream."""
        return tuple(word for word in self.hears if word != EVERYTHING and word not in KINDS)

    @property
    def streams(self) -> tuple[str, ...]:
        """The kinds of stream whose events it hears, as regular expressions."""
        return tuple(KINDS[word].value for word in self.hears if word in KINDS)


def host_of(url: EndpointAddress) -> str:
    """Return the host that an endpoint's address names, in lower case, without the brackets of an IPv6 address.

    Raises:
        ValueError: It is no address of an endpoint.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None:
        raise ValueError(f"{short(url)} is no address of an endpoint")
    return (match["host"] or match["own"]).strip("[]").lower()
