"""The long-running processes: the command of each, its login, its secrets, its ports, and the alert if it dies.

Documents, compose file, units and manifests are made from this table. `python -m deploy.processes.table` prints it for
the documents. A process that it does not name does not start: `accord.operations.processes.standing` asks it.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from deploy.logins import Login
from deploy.payloads.keys import FILE
from deploy.variables import EVERY_PROCESS, SETTINGS, Setting

OIDC_SECRET: Final = "oidc-{}"  # noqa: S105 - the name of a file
"""The secret of a process at the OpenID provider, where each is another client."""
OIDC_RETURN: Final = "/login/return"
"""The path at a process's origin to which the provider leads back."""
CHECKPOINT_KEY: Final = "ledger.key"
SMTP_SECRET: Final = "smtp"  # noqa: S105 - the name of a file
"""The file of what the server for mail asks of its user."""
PAPERS: Final = ("ACCORD_PAPERS", "papers")
"""The folder of papers, which the console and the examiner write."""
QUARANTINE: Final = ("ACCORD_QUARANTINE", "quarantine")
"""The folder of what came in by the door, which the door fills and the examiner empties."""
CHECKPOINTS: Final = (("ACCORD_CHECKPOINTS", "checkpoints"),)
"""The folder that the signer writes, and that whoever makes receipts and hands over payment files compares with."""
ATTESTATIONS: Final = (("ACCORD_ATTESTATIONS", "attestations"),)
"""The folder that the attester writes, and whose lines the console shows."""
EXPORTS: Final = ("ACCORD_SHADOW_EXPORTS", "exports")
"""The folder into which the operator lays another system's exports, and which the shadow reads."""
EVEN_WEIGHT: Final = 100
"""The weight of a process that gives way to none, of 1 to 10,000 (cgroup v2, cpu.weight)."""
ALERTS: Final = {"page": "AccordPeopleWait", "ticket": "AccordProcessGone"}
"""The alert on a process that is gone or not ready, by how soon somebody must look."""


class Process(NamedTuple):
    """A process that runs until it is stopped."""

    name: str
    task: str
    """Its work, in a few words."""
    command: tuple[str, ...]
    logins: tuple[Login, ...]
    """The logins whose secrets stand in its folder of secrets."""
    probes: int
    """The port of its probes, wherever it runs: on one machine no two have the same."""
    metrics: int
    memory: int
    """The most MiB that it is given."""
    urgency: Literal["page", "ticket"]
    """How soon somebody must look if it is gone."""
    beside: tuple[str, ...] = ()
    """Other files that it needs in its folder of secrets."""
    pages: tuple[tuple[str, int], ...] = ()
    """The ports of its pages, by the setting that names their origin."""
    folders: tuple[tuple[str, str], ...] = ()
    """The folders that it writes to, by the setting that names each."""
    reads: tuple[tuple[str, str], ...] = ()
    """The folders of others that it reads, by the setting that names each."""
    shares: tuple[tuple[str, str], ...] = ()
    """The folders that it writes to together with another process, by the setting that names each."""
    weight: int = EVEN_WEIGHT
    """Its weight where processors or disks are short: one of 50 gets half as much as one of 100."""

    @property
    def alert(self) -> str:
        """The alert that tells that it is gone, or not ready."""
        return ALERTS[self.urgency]

    @property
    def unit(self) -> str:
        """The name of its systemd unit."""
        return f"accord-{self.name}.service"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The files of its folder of secrets."""
        return (*map(str, self.logins), *self.beside)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The settings that it reads."""
        return tuple(
            setting for setting in SETTINGS if {"all", EVERY_PROCESS, self.name} & set(setting.read_by.split(", "))
        )


PROCESSES: Final = (
    Process(
        "worker", "decides and follows partnerships and payments", ("accord-worker",), (Login.WORKER,), 8081, 9464,
        1024, "page", beside=(FILE,),
    ),
    Process(
        "projector", "keeps the read models up to the ledger", ("accord", "projector"), (Login.PROJECTOR,), 8082, 9465,
        384, "ticket",
    ),
    Process(
        "console", "serves pages for staff, and the page that signs",
        ("accord", "console", "--port", "8080", "--signing-port", "8090"), (Login.CONSOLE,), 8083, 9466, 512, "page",
        beside=(FILE, OIDC_SECRET.format("console")),
        pages=(("ACCORD_CONSOLE_ORIGIN", 8080), ("ACCORD_SIGNING_ORIGIN", 8090)),
        reads=(*CHECKPOINTS, *ATTESTATIONS), shares=(PAPERS,),
    ),
    Process(
        "counter", "serves payment files, the bank's answers and accounts", ("accord", "counter", "--port", "8070"),
        (Login.COUNTER, Login.EXPORTER, Login.IMPORTER, Login.STAFF), 8084, 9467, 512, "page",
        beside=(FILE, OIDC_SECRET.format("counter")), pages=(("ACCORD_COUNTER_ORIGIN", 8070),),
        folders=(("ACCORD_COUNTER_FOLDER", "payments"),), reads=CHECKPOINTS,
    ),
    Process(
        "notifier", "tells what waits for whom", ("accord", "notifier"), (Login.READER,), 8085, 9468, 256, "ticket",
        folders=(("ACCORD_DATA", "notices"),),
    ),
    Process(
        "loader", "refreshes each register from its publisher", ("accord", "loader"), (Login.LOADER,), 8086, 9469,
        1024, "ticket", beside=(FILE,), folders=(("ACCORD_ARCHIVE", "archive"),),
    ),
    Process(
        "signer", "signs checkpoints of the ledger", ("accord", "ledger", "checkpoint", "--every", "60"),
        (Login.SIGNER,), 8087, 9470, 384, "ticket", beside=(CHECKPOINT_KEY,),
        folders=CHECKPOINTS,
    ),
    Process(
        "post", "sends mail to staff and to grantees", ("accord", "post"), (Login.POST,), 8088, 9471, 256, "ticket",
        beside=(SMTP_SECRET,),
    ),
    Process(
        "grantee", "serves the forms that grantees fill by link", ("accord", "grantee", "--port", "8060"),
        (Login.GRANTEE,), 8089, 9472, 384, "page", pages=(("ACCORD_GRANTEE_ORIGIN", 8060),), shares=(QUARANTINE,),
        weight=25,  # a crowd at the door slows no page of staff
    ),
    Process(
        "examiner", "examines and keeps what came in by the door", ("accord", "examiner"), (Login.EXAMINER,), 8091,
        9473, 1024, "ticket", shares=(PAPERS, QUARANTINE), weight=10,  # nobody waits for it by the second
    ),
    Process(
        "attester", "signs each night whether all sides say the same of money", ("accord", "attest", "--nightly"),
        (Login.ATTESTER,), 8092, 9474, 1024, "ticket", beside=(CHECKPOINT_KEY,), folders=ATTESTATIONS,
        reads=CHECKPOINTS,
    ),
    Process(
        "shadow", "judges the newest export of another system by the rules", ("accord", "shadow", "nightly"),
        (Login.READER,), 8095, 9477, 1024, "ticket", folders=(("ACCORD_SHADOW", "shadow"),), shares=(EXPORTS,),
    ),
    Process(
        "webhooks", "sends what endpoints hear of the ledger", ("accord", "webhooks", "send"), (Login.WEBHOOKS,), 8094,
        9476, 256, "ticket", beside=(FILE,),
    ),
    Process(
        "api", "answers programs that read with a token", ("accord", "api", "--port", "8050"), (Login.API,), 8093, 9475,
        1024, "ticket", pages=(("ACCORD_API_ORIGIN", 8050),), reads=CHECKPOINTS, weight=25,
    ),
)  # fmt: skip
"""Every process that runs all day."""

_BY_NAME: Final = {process.name: process for process in PROCESSES}


def process_named(name: str) -> Process:
    """Return the process of this name. Raises KeyError if the table has none."""
    return _BY_NAME[name]


def as_markdown() -> str:
    """Return the table for the documents, which stands in docs/operations.md."""
    head = (
        "| process | command | secrets in its folder | probes | metrics | MiB at most | unit | gone or not ready |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    return head + "".join(map(_row, PROCESSES))


def _row(process: Process) -> str:
    secrets = ", ".join(f"`{name}`" for name in process.secrets)
    command, unit = " ".join(process.command), process.unit.removesuffix(".service")
    return (
        f"| {process.name}: {process.task} | `{command}` | {secrets} | {process.probes} | {process.metrics} "
        f"| {process.memory} | `{unit}` | `{process.alert}` |\n"
    )


if __name__ == "__main__":
    print(as_markdown(), end="")  # noqa: T201 - the page itself
