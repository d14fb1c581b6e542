"""Every setting: the variable of the environment, who reads it, what it is and what holds without it. One table.

Documents, `accord settings` and `accord doctor` tell it from here; a test compares it with what the code reads.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Shows = Literal["all", "host", "nothing"]


class Setting(NamedTuple):
    """A variable of the environment."""

    name: str
    read_by: str
    what: str
    default: str
    """The value that holds without it, in words."""
    shows: Shows = "all"
    """The part of its value that a screen may show."""


ALL, STAFF, WORKER, CONSOLE, CHECKPOINTS = "all", "shells of staff", "worker", "console", "signer, shells, console"

SETTINGS: Final = (
    Setting("ACCORD_DATABASE_URL", ALL, "the database, without a user: each task logs in as itself",
            "the embedded stack's", "host"),
    Setting("ACCORD_SECRETS", ALL, "the folder with the secret of this process's task, and the ring of payload keys",
            "`secrets` in the data folder"),
    Setting("ACCORD_DATA", ALL, "the folder of an embedded stack's state", "`.accord` in this folder"),
    Setting("ACCORD_DEBUG", ALL, "any text: errors with their stack trace", "one line for each error"),
    Setting("ACCORD_TRACES", "worker, shells of staff, console",
            "where OpenTelemetry traces go (OTLP over HTTP), such as http://collector:4318", "no traces"),
    Setting("TEMPORAL_ADDRESS", ALL, "Temporal's front end, HOST:PORT", "the embedded stack's, or localhost:7233"),
    Setting("TEMPORAL_NAMESPACE", ALL, "the namespace", "default"),
    Setting("TEMPORAL_CONFIG_FILE", ALL, "a file of Temporal's own configuration, with mTLS or an API key",
            "Temporal's own place"),
    Setting("TEMPORAL_PROFILE", ALL, "the profile in that file", "default"),
    Setting("ACCORD_PROBES", WORKER, "HOST:PORT at which it answers /live and /ready", "no probes"),
    Setting("ACCORD_METRICS", WORKER, "HOST:PORT at which Prometheus finds its metrics", "no metrics"),
    Setting("ACCORD_QUEUE", WORKER, "the one queue that it serves: workflows or rules", "both"),
    Setting("ACCORD_BUILD_ID", WORKER, "its version in Temporal: auto, none, or an id", "auto; none in `accord up`"),
    Setting("ACCORD_AS", STAFF, "who acts, an id of the staff directory", "`--as` is asked for"),
    Setting("ACCORD_KEYS", STAFF, "the folder of signing keys", "`keys` in the data folder"),
    Setting("ACCORD_KEY_PASSPHRASE", STAFF, "what opens a key that is encrypted", "it is asked for", "nothing"),
    Setting("ACCORD_ARCHIVE", "loader", "the folder of loaded register files", "`archive` in the data folder"),
    Setting("ACCORD_USER_AGENT", "loader, shells of staff",
            "what publishers of registers are told of who asks, such as an organisation and its address for mail",
            "accord and its version"),
    Setting("ACCORD_NOTICES", "notifier", "the command or HTTPS address to tell", "there is none, and it does not run",
            "host"),
    Setting("ACCORD_CHECKPOINTS", CHECKPOINTS, "the folder of signed checkpoints", "none are looked at"),
    Setting("ACCORD_ERASURES", STAFF, "the folder, outside the backups, that keeps signed erasures", "none are kept"),
    Setting("ACCORD_CHECKPOINT_KEY", "signer", "the file of the key that signs checkpoints", "`--key` is asked for"),
    Setting("ACCORD_LOG", "shells of staff, console", "the public key of the ledger, or its file", "none"),
    Setting("ACCORD_CONSOLE_ORIGIN", CONSOLE, "the origin of its pages, https://HOST", "it does not start"),
    Setting("ACCORD_SIGNING_ORIGIN", CONSOLE, "the origin of the page that signs, another one", "it does not start"),
    Setting("ACCORD_RELYING_PARTY", CONSOLE, "the host that passkeys are made for", "that of the signing origin"),
    Setting("ACCORD_OIDC_ISSUER", CONSOLE, "the OpenID provider that says who reads", "it does not start"),
    Setting("ACCORD_OIDC_CLIENT", CONSOLE, "its id there", "accord"),
    Setting("ACCORD_OIDC_SECRET_FILE", CONSOLE, "the file of its secret there", "it has none"),
    Setting("ACCORD_OIDC_CLAIM", CONSOLE, "the claim that holds the id of the staff directory", "sub"),
    Setting("ACCORD_TEMPORAL_UI", CONSOLE, "the address of the Temporal UI, for which it decrypts", "no links there"),
)  # fmt: skip
"""The settings, those of every process first."""
