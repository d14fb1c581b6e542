"""The records by which a domain says who may send for it: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), and MX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT
from dns.resolver import NXDOMAIN, NoAnswer

LIFETIME: Final = 5.0
"""Seconds for one question, whichever server answers."""


class NotLookedUp(Exception):
    """No server of the domain name system answered."""


class DomainFinding(NamedTuple):
    """A finding on one of the records. `remedy` is '' where there is no fault."""

    what: str
    remedy: str = ""


class SendingDomain:
    """A domain that mail is sent from."""

    def __init__(self, domain: str, selector: str, resolver: Resolver | None = None) -> None:
        """Hold the names. `selector`: that of the key by which the mail server signs, or '' if nobody said."""
        self._domain, self._selector = domain, selector
        self._resolver = resolver or Resolver()

    async def findings(self) -> tuple[DomainFinding, ...]:
        """Return a finding on each record.

        Raises:
            NotLookedUp: Nobody answered.
        """
        return (await self._spf(), await self._dkim(), await self._dmarc(), await self._mx())

    async def _spf(self) -> DomainFinding:
        policies = [text for text in await self._texts(self._domain) if text.lower().split(" ")[0] == "v=spf1"]
        if len(policies) == 1:
            return DomainFinding(f"SPF of {self._domain}: {policies[0][:120]}")
        what = "says nothing" if not policies else f"says it {len(policies)} times, which counts as nothing"
        return DomainFinding(
            f"SPF: {self._domain} {what} of who may send for it",
            f'publish one TXT record at {self._domain}: "v=spf1 include:YOUR-PROVIDER -all", or "v=spf1 mx -all"',
        )

    async def _dkim(self) -> DomainFinding:
        if not self._selector:
            return DomainFinding(
                "DKIM: not looked up, since nobody said by which selector the server signs", "set ACCORD_MAIL_DKIM"
            )
        name = f"{self._selector}._domainkey.{self._domain}"
        if any(_tags(text).get("p") for text in await self._texts(name)):
            return DomainFinding(f"DKIM: {name} holds a key")
        return DomainFinding(
            f"DKIM: {name} holds no key", "publish there the TXT record that your mail server gives you"
        )

    async def _dmarc(self) -> DomainFinding:
        for domain in _upwards(self._domain):
            records = [_tags(text) for text in await self._texts(f"_dmarc.{domain}")]
            policies = [tags.get("p", "") for tags in records if tags.get("v") == "DMARC1"]
            if len(policies) == 1 and policies[0].lower() in {"quarantine", "reject"}:
                return DomainFinding(f"DMARC of {domain}: p={policies[0]}")
            if policies:
                policy = f"p={policies[0][:20]}" if len(policies) == 1 else f"{len(policies)} records"
                return DomainFinding(
                    f"DMARC of {domain}: {policy}, which turns no forged mail away",
                    "once the reports show that your own mail passes, publish p=quarantine or p=reject",
                )
        return DomainFinding(
            f"DMARC: {self._domain} says nothing of mail that fails",
            f'publish a TXT record at _dmarc.{self._domain}: "v=DMARC1; p=none; rua=mailto:YOUR-ADDRESS" to begin with',
        )

    async def _mx(self) -> DomainFinding:
        answer = await self._records(self._domain, "MX")
        hosts = [str(record.exchange).rstrip(".") for record in answer if isinstance(record, MX)]
        if any(hosts):
            return DomainFinding(f"MX of {self._domain}: answers and mail that comes back go to {hosts[0]}")
        return DomainFinding(
            f"MX: {self._domain} takes no mail, so that no answer and no mail that comes back arrives",
            f"publish an MX record at {self._domain}, or send from a domain that has one",
        )

    async def _texts(self, name: str) -> list[str]:
        records = await self._records(name, "TXT")
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records if isinstance(record, TXT)]

    async def _records(self, name: str, kind: str) -> list[object]:
        try:
            return list(await self._resolver.resolve(name, kind, lifetime=LIFETIME))
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError) as fault:
            raise NotLookedUp(f"{name}: {type(fault).__name__}") from fault


def _tags(text: str) -> dict[str, str]:
    """Return the tags of a record, by their names."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _upwards(domain: str) -> Iterator[str]:
    """Yield a domain and those above it, down to two labels."""
    labels = domain.split(".")
    yield from (".".join(labels[start:]) for start in range(max(1, len(labels) - 1)))
