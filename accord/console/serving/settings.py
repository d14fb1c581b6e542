"""The console's address, its provider of sign-in, and the passkeys that count there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit

from deploy.logins import read_secret
from deploy.variables import LOOPBACK, NotConfigured, configured

ORIGIN = "ACCORD_CONSOLE_ORIGIN"
SIGNING = "ACCORD_SIGNING_ORIGIN"
PARTY = "ACCORD_RELYING_PARTY"
ISSUER = "ACCORD_OIDC_ISSUER"
CLIENT = "ACCORD_OIDC_CLIENT"
SECRET = "ACCORD_OIDC_SECRET_FILE"  # noqa: S105 - the name of a variable
CLAIM = "ACCORD_OIDC_CLAIM"
TEMPORAL_UI = "ACCORD_TEMPORAL_UI"
CODEC_TOKEN = "ACCORD_CODEC_TOKEN"  # noqa: S105 - the name of a variable
CHECKPOINTS = "ACCORD_CHECKPOINTS"
LOG_KEY = "ACCORD_LOG"
ATTESTATIONS = "ACCORD_ATTESTATIONS"
COUNTER = "ACCORD_COUNTER_ORIGIN"
LISTEN = "ACCORD_LISTEN"
PAPERS = "ACCORD_PAPERS"
SCAN = "ACCORD_SCAN"
NAMES = (
    ORIGIN, SIGNING, PARTY, ISSUER, CLIENT, SECRET, CLAIM, TEMPORAL_UI, CODEC_TOKEN, CHECKPOINTS, LOG_KEY, COUNTER,
    LISTEN, PAPERS, SCAN, ATTESTATIONS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """The settings of one console."""

    origin: str
    """The origin of the pages, such as https://accord.example.org."""
    signing_origin: str
    """The origin of the page that signs, which serves nothing else."""
    relying_party: str
    """The host, or a domain above it, that passkeys are made for (WebAuthn, section 5.1.2)."""
    issuer: str
    """The OpenID provider that says who reads. What people decide is proved by their keys alone."""
    client: str = "accord"
    secret: str = ""
    claim: str = "sub"
    """The claim that holds a person's identifier in the staff directory."""
    temporal_ui: str = ""
    """The address of the Temporal UI, to which pages link, or '' if they do not."""
    codec_token: str = ""
    """The token that the Temporal UI of a stack on one machine gives instead of a session, or '' if none counts."""
    checkpoints: str = ""
    """The folder of signed checkpoints, from which receipts are made, or '' if pages make none."""
    attestations: str = ""
    """The folder of signed attestations, or '' where they stand among the checkpoints."""
    log_key: str = ""
    """The public key of the ledger, or its file."""
    counter_origin: str = ""
    """The origin of the counter's pages, to which pages link, or '' if there is none."""
    papers: str = ""
    """The folder or address of the store of papers, or '' if none are kept."""
    scanner: str = ""
    """The malware scanner, or '' if none is set."""
    namespace: str = "default"
    """The namespace of Temporal, which links to its UI name."""
    host: str = LOOPBACK
    """The address of this machine at which pages are served."""

    def workflow(self, workflow_id: str) -> str:
        """Return the address of a workflow in the Temporal UI, or '' if pages do not link there."""
        return f"{self.workflows}/{quote(workflow_id, safe='')}" if self.temporal_ui else ""

    @property
    def workflows(self) -> str:
        """The address of the list of workflows in the Temporal UI."""
        return f"{self.temporal_ui}/namespaces/{quote(self.namespace, safe='')}/workflows"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the settings in the environment.

        Raises:
            NotConfigured: One is missing or has not its form, or two contradict each other. The message names it.
            SecretUnusable: The client's secret cannot be read, or others may read it.
        """
        given = {name: configured(name, environment) for name in NAMES}
        missing = [name for name in (ORIGIN, SIGNING, ISSUER) if not given[name]]
        if missing:
            raise NotConfigured(f"set {', '.join(missing)}; see `accord console --help`")
        signing = given[SIGNING].rstrip("/")
        settings = cls(
            origin=given[ORIGIN].rstrip("/"),
            signing_origin=signing,
            relying_party=given[PARTY] or urlsplit(signing).hostname or "",
            issuer=given[ISSUER].rstrip("/"),
            client=given[CLIENT] or "accord",
            secret=read_secret(Path(given[SECRET])) if given[SECRET] else "",
            claim=given[CLAIM] or "sub",
            temporal_ui=given[TEMPORAL_UI].rstrip("/"),
            codec_token=given[CODEC_TOKEN],
            checkpoints=given[CHECKPOINTS],
            log_key=given[LOG_KEY],
            attestations=given[ATTESTATIONS],
            counter_origin=given[COUNTER].rstrip("/"),
            papers=given[PAPERS],
            scanner=given[SCAN],
            host=given[LISTEN] or LOOPBACK,
        )
        return settings.checked()

    def checked(self) -> Self:
        """Return the settings, or raise NotConfigured if two of them contradict each other."""
        if self.origin == self.signing_origin:
            raise NotConfigured(f"{ORIGIN} and {SIGNING} must differ: the page that signs serves nothing else")
        if bool(self.checkpoints) != bool(self.log_key):
            raise NotConfigured(f"set both {CHECKPOINTS} and {LOG_KEY}, or neither: a receipt is made with both")
        if self.codec_token and urlsplit(self.origin).hostname != "localhost":
            raise NotConfigured(f"{CODEC_TOKEN}: it is for a trial at http://localhost; elsewhere a session counts")
        host = urlsplit(self.signing_origin).hostname or ""
        if host != self.relying_party and not host.endswith("." + self.relying_party):
            raise NotConfigured(f"{PARTY}: {self.relying_party!r} is neither {host} nor a domain above it")
        return self
