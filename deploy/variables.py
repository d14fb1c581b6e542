"""Every setting: the variable of the environment, who reads it, what it is, its form, what holds without it. One table.

Whoever reads a setting reads it here, and is told of a bad one in one line that shows no secret. Documents,
`accord settings` and `accord doctor` tell the table; a test compares it with what the code reads.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

from domain.fault import Fault

Shows = Literal["all", "host", "nothing"]

LOOPBACK: Final = "127.0.0.1"
LOCAL: Final = frozenset({"localhost", LOOPBACK})
"""Hosts between which and this machine nobody stands."""


class NotConfigured(ConnectionError):
    """A setting is missing or wrong, or no running stack gives the address of a service. The message is one line."""


class Form(NamedTuple):
    """The form that a setting must have."""

    name: str
    holds: Callable[[str], bool]
    example: str
    """The text to write instead."""


def _is_place(written: str) -> bool:
    host, _, port = written.rpartition(":")
    return bool(host) and port.isdecimal() and int(port) < 65536


def _is_host(written: str) -> bool:
    try:
        return bool(ip_address(written))
    except ValueError:
        return False


def _is_address(written: str, plain: frozenset[str] = LOCAL) -> bool:
    """True if it is the address of a web server. Without https it must be one of the plain hosts."""
    try:
        parts = urlsplit(written)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in plain))


def _is_origin(written: str) -> bool:
    """True if it has no path. Browsers sign on http://localhost alone without https."""
    return _is_address(written, frozenset({"localhost"})) and not urlsplit(written.rstrip("/")).path


PLACE: Final = Form("address", _is_place, "HOST:PORT, such as 127.0.0.1:8081")
HOST: Final = Form("address of a machine", _is_host, f"an IP address: {LOOPBACK}, 0.0.0.0 for all, or ::")
QUEUE: Final = Form("queue", {"workflows", "rules"}.__contains__, "workflows or rules, or nothing for both")
BUILD: Final = Form(
    "build id",
    lambda written: re.fullmatch(r"[A-Za-z0-9._-]{1,100}", written) is not None,
    "auto, none, or letters, digits, . _ and -",
)
COLLECTOR: Final = Form(
    "address", lambda written: written.startswith(("http://", "https://")), "one such as http://collector:4318"
)
AGENT: Final = Form(
    "name",
    lambda said: said.isascii() and said.isprintable() and said.strip() == said and len(said) <= 200,
    "one line of up to 200 ASCII characters",
)
TOKEN: Final = Form(
    "token", lambda text: re.fullmatch(r"[!-~]{1,200}", text) is not None, "what the publisher gave, in one word"
)
LABEL: Final = Form(
    "name", lambda said: re.fullmatch(r"[A-Za-z0-9._-]{1,63}", said) is not None, "up to 63 letters, digits, . _ and -"
)
ORIGIN: Final = Form("origin", _is_origin, "https://HOST, or http://localhost:PORT to try it")
PROVIDER: Final = Form("provider's address", _is_address, "https://HOST; who answers for it says who somebody is")


class Setting(NamedTuple):
    """A variable of the environment."""

    name: str
    read_by: str
    what: str
    default: str
    """The value that holds without it, in words."""
    shows: Shows = "all"
    """The part of its value that a screen may show."""
    form: Form | None = None


def _is_mail_server(written: str) -> bool:
    """True if it is the address of a server for mail. It may name a user, and no secret."""
    try:
        parts = urlsplit(written)
        bare = parts.port is None or parts.port > 0
    except ValueError:
        return False
    has_more = parts.path or parts.query or parts.fragment or parts.password is not None
    return bool(parts.hostname) and parts.scheme in {"smtp", "smtps"} and bare and not has_more


SENDER: Final = re.compile(
    r"(?:(?P<name>[^<>\"\\\x00-\x1f]{1,80}?) *<)?(?P<address>[!-;=?A-~]{1,60}@[A-Za-z0-9.-]{1,120})(?(name)>)"
)
"""An address, or a name and an address. The local part leaves room for what a return path adds."""
MAIL_SERVER: Final = Form("server for mail", _is_mail_server, "smtps://USER@HOST, or smtp://HOST:PORT for STARTTLS")
MAIL_SENDER: Final = Form(
    "sender", lambda written: SENDER.fullmatch(written) is not None, "an address, or NAME <ADDRESS>, in ASCII letters"
)
ON_OR_OFF: Final = Form("answer", {"on", "off"}.__contains__, "on or off")
SELECTOR: Final = Form(
    "selector", lambda written: re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", written) is not None,
    "the first label of its record, such as mail2026",
)  # fmt: skip
HOSTS: Final = Form(
    "list of hosts", lambda said: re.fullmatch(r"[A-Za-z0-9.:-]{1,253}(, ?[A-Za-z0-9.:-]{1,253})*", said) is not None,
    "names or addresses with commas between, such as ledger.internal, 10.1.2.3",
)  # fmt: skip
LANGUAGE: Final = Form("language", {"en", "es", "fr"}.__contains__, "en, es or fr")

ALL, STAFF, WORKER, CONSOLE, PAGES = "all", "shells of staff", "worker", "console", "console, counter"
EVERY_PROCESS: Final = "every process"
"""Whoever runs until it is stopped (deploy/processes)."""
CHECKPOINTS = "signer, attester, shells, console, counter, api"

SETTINGS: Final = (
    Setting("ACCORD_DATABASE_URL", ALL, "the database, without a user: each task logs in as itself",
            "the embedded stack's", "host"),
    Setting("ACCORD_SECRETS", ALL, "the folder with the secret of this process's task, and the ring of payload keys",
            "`secrets` in the data folder"),
    Setting("ACCORD_DATA", ALL, "the folder of an embedded stack's state", "`.accord` in this folder"),
    Setting("ACCORD_DEBUG", ALL, "any text: errors with their stack trace", "one line for each error"),
    Setting("ACCORD_TRACES", "worker, shells of staff, console, counter",
            "where OpenTelemetry traces go (OTLP over HTTP), such as http://collector:4318", "no traces",
            "host", COLLECTOR),
    Setting("TEMPORAL_ADDRESS", ALL, "Temporal's front end, HOST:PORT", "the embedded stack's, or localhost:7233"),
    Setting("TEMPORAL_NAMESPACE", ALL, "the namespace", "default"),
    Setting("TEMPORAL_CONFIG_FILE", ALL, "a file of Temporal's own configuration, with mTLS or an API key",
            "Temporal's own place"),
    Setting("TEMPORAL_PROFILE", ALL, "the profile in that file", "default"),
    Setting("ACCORD_PROBES", EVERY_PROCESS, "HOST:PORT at which it answers /live and /ready", "no probes", form=PLACE),
    Setting("ACCORD_METRICS", EVERY_PROCESS, "HOST:PORT at which Prometheus finds its metrics", "no metrics",
            form=PLACE),
    Setting("ACCORD_INSTALLATION", EVERY_PROCESS, "the name of this installation, a label of every metric",
            "the database's name", form=LABEL),
    Setting("ACCORD_QUEUE", WORKER, "the one queue that it serves: workflows or rules", "both", form=QUEUE),
    Setting("ACCORD_BUILD_ID", WORKER, "its version in Temporal: auto, none, or an id", "auto; none in `accord up`",
            form=BUILD),
    Setting("ACCORD_AS", STAFF, "who acts, an id of the staff directory", "`--as` is asked for"),
    Setting("ACCORD_KEYS", STAFF, "the folder of signing keys", "`keys` in the data folder"),
    Setting("ACCORD_KEY_PASSPHRASE", STAFF, "what opens a key that is encrypted", "it is asked for", "nothing"),
    Setting("ACCORD_ARCHIVE", "loader", "the folder of loaded register files", "`archive` in the data folder"),
    Setting("ACCORD_USER_AGENT", "loader, shells of staff",
            "what publishers of registers are told of who asks, such as an organisation and its address for mail",
            "accord and its version", form=AGENT),
    Setting("ACCORD_EU_TOKEN", "loader, shells of staff",
            "the token with which the Commission gives out the European Union's sanctions list",
            "that list is not fetched; it may be loaded by hand", "nothing", TOKEN),
    Setting("ACCORD_NOTICES", "notifier", "the command or HTTPS address to tell", "there is none, and it does not run",
            "host"),
    Setting("ACCORD_CHECKPOINTS", CHECKPOINTS, "the folder of signed checkpoints, in another place than the database",
            "none are looked at, and payment files are written uncovered"),
    Setting("ACCORD_PAPERS", f"{STAFF}, console, examiner",
            "the folder that keeps papers, or s3://BUCKET/PREFIX; each is sealed under a key of its own",
            "`papers` in an embedded stack's data folder; else papers stay with whoever has them", "host"),
    Setting("ACCORD_QUARANTINE", "grantee, examiner",
            "the folder, or s3://BUCKET/PREFIX, into which the door lays papers until they were examined",
            "`quarantine` in an embedded stack's data folder; else neither starts", "host"),
    Setting("ACCORD_SCAN", f"{STAFF}, console, examiner",
            "the malware scanner: a command that reads the paper and ends with 0 or 1, or clamd://HOST:PORT",
            "none, and papers are said not to be scanned"),
    Setting("ACCORD_SEALER", f"{STAFF}, console",
            "the socket of `accord letters sealer`, which seals letters by the house's key", "letters go unsealed"),
    Setting("ACCORD_LETTER_PAGE", f"{STAFF}, console", "the address at which letters are confirmed by their code",
            "a letter bears its code alone"),
    Setting("ACCORD_FONTS", f"{STAFF}, console, grantee",
            "a folder of fonts, for letters and answers as PDF with signs that no built-in one has",
            "Latin, Greek, Cyrillic and some others can be set"),
    Setting("ACCORD_ERASURES", STAFF, "the folder, outside the backups, that keeps signed erasures", "none are kept"),
    Setting("ACCORD_ATTESTATIONS", "attester, console, shells",
            "the folder of signed attestations, one line for each day",
            "they stand among the checkpoints"),
    Setting("ACCORD_SHADOW", "shadow", "the folder of reports on another system, and of the key that signs them",
            "it does not start"),
    Setting("ACCORD_SHADOW_EXPORTS", "shadow",
            "the folder of another system's exports, one folder for each day, and of `mapping.toml`",
            "it does not start"),
    Setting("ACCORD_CHECKPOINT_KEY", "signer, attester", "the file of the key that signs checkpoints",
            "`--key` is asked for"),
    Setting("ACCORD_BACKUPS", "signer",
            "the folder of backups, whose age it tells: that of `accord backup`, or one of `backup_manifest` files",
            "no backup is known, and an alert says so"),
    Setting("ACCORD_LOG", "shells of staff, console, counter, attester", "the public key of the ledger, or its file",
            "none"),
    Setting("ACCORD_CONSOLE_ORIGIN", "console, counter, worker, post",
            "the origin of the console's pages, https://HOST, to which details in the Temporal UI, and mail to staff, "
            "link",
            "console and counter do not start, and nothing links there", form=ORIGIN),
    Setting("ACCORD_SIGNING_ORIGIN", PAGES, "the origin of the page that signs, another one", "it does not start",
            form=ORIGIN),
    Setting("ACCORD_GRANTEE_ORIGIN", "grantee, post",
            "the origin of the forms that grantees fill by link, https://HOST",
            "they are not served, and mail bears no link to them", form=ORIGIN),
    Setting("ACCORD_API_ORIGIN", "api", "the origin of the HTTP API, https://HOST, as programs reach it by the proxy",
            "it is not served", form=ORIGIN),
    Setting("ACCORD_LISTEN", f"{PAGES}, grantee, api",
            "the address of this machine at which pages are served, for the proxy before them",
            "127.0.0.1, for a proxy on this machine", form=HOST),
    Setting("ACCORD_RELYING_PARTY", CONSOLE, "the host that passkeys are made for", "that of the signing origin"),
    Setting("ACCORD_OIDC_ISSUER", PAGES, "the OpenID provider that says who reads", "it does not start",
            form=PROVIDER),
    Setting("ACCORD_OIDC_CLIENT", PAGES, "its id there", "accord; of the counter accord-counter"),
    Setting("ACCORD_OIDC_SECRET_FILE", PAGES, "the file of its secret there", "it has none"),
    Setting("ACCORD_OIDC_CLAIM", PAGES, "the claim that holds the id of the staff directory", "sub"),
    Setting("ACCORD_COUNTER_ORIGIN", PAGES, "the origin of the counter's pages, https://HOST",
            "the console links to none, and the counter does not start", form=ORIGIN),
    Setting("ACCORD_COUNTER_FOLDER", "counter", "the folder to which its payment files are written",
            "it does not start"),
    Setting("ACCORD_SMTP", "post",
            "the server for mail: smtps://USER@HOST, or smtp://HOST:PORT, over TLS but on this machine; its user's "
            "secret is the file `smtp` in the folder of secrets",
            "there is none, and it does not run", "host", MAIL_SERVER),
    Setting("ACCORD_MAIL_FROM", "post", "the sender of mail, NAME <ADDRESS>; return paths add +TOKEN to it",
            "it does not run", form=MAIL_SENDER),
    Setting("ACCORD_MAIL_DKIM", "post", "the selector of the key by which the server signs mail, for `accord doctor`",
            "that key is not looked up", form=SELECTOR),
    Setting("ACCORD_MAIL_GRANTEES", "post", "whether grantees are written to: on or off", "off", form=ON_OR_OFF),
    Setting("ACCORD_MAIL_LANGUAGE", "post", "the language of grantees of whom the record holds none: en, es or fr",
            "en", form=LANGUAGE),
    Setting("ACCORD_WEBHOOK_HOSTS", "webhooks",
            "hosts of one's own network, or of this machine, that webhooks may be sent to, with commas between",
            "webhooks go to public addresses alone", form=HOSTS),
    Setting("ACCORD_TEMPORAL_UI", CONSOLE, "the address of the Temporal UI, for which it decrypts", "no links there"),
    Setting("ACCORD_CODEC_TOKEN", CONSOLE, "on one machine alone: what its Temporal UI says instead of a session",
            "a session is asked for", "nothing"),
)  # fmt: skip
"""The settings, those of every process first."""

_BY_NAME: Final = {setting.name: setting for setting in SETTINGS}
_ADDRESS: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^\s/?#@]*@)?(?P<host>[A-Za-z0-9.-]+(?::[0-9]{1,5})?)(?P<name>/[A-Za-z0-9_-]+)?"
)


def written(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the text of a setting, or '' if it is not given. Its form is not checked."""
    return environment.get(_BY_NAME[name].name, "")


def configured(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the value of a setting, or '' if it is not given.

    Raises:
        NotConfigured: It has not its form. The message names it, the fault and the remedy.
    """
    if fault := fault_of(name, found := written(name, environment)):
        raise NotConfigured(str(fault))
    return found


def fault_of(name: str, found: str) -> Fault | None:
    """Return the fault of a setting's text, with the remedy, or None."""
    form = _BY_NAME[name].form
    if not found or form is None or form.holds(found):
        return None
    what = repr(told[:60]) if (told := shown(name, found)) else "what is written there"
    return Fault(f"{name}: {what} is no {form.name}; write {form.example}")


def shown(name: str, found: str) -> str:
    """Return the part of a setting's value that a screen may show, or '' if there is none.

    Of an address that is the scheme, the host and the database.
    """
    match _BY_NAME[name].shows:
        case "all":
            return found
        case "host" if parts := _ADDRESS.fullmatch(found):
            database = parts["name"] or "" if parts["scheme"].startswith("postgres") else ""
            return f"{parts['scheme']}://{parts['host']}{database}"
        case _:
            return ""
