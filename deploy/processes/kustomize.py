"""A base for kustomize: each process under the restricted Pod Security standard, with the network that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from deploy.logins import Login
from deploy.payloads.keys import FILE
from deploy.processes.places import KUBERNETES, RELEASE, own_settings
from deploy.processes.table import PROCESSES, Process
from deploy.processes.units import GRACE

NAMESPACE: Final = "accord"
USER: Final = 65532
IMAGE: Final = "accord"
"""The image's name here: an overlay says where it is, by its digest."""
ADMIN: Final = "accord-admin"
"""The secret with the address of who migrates, in `url`."""
REPLICAS: Final = {"worker": 2}
REACHES_THE_WORLD: Final = ("console", "counter", "loader", "notifier", "webhooks")
"""Processes that speak to a provider, publishers or a receiver by https, beside database and Temporal."""
SHARED: Final = frozenset(folder for process in PROCESSES for _, folder in (*process.reads, *process.shares))
"""Folders that several processes have."""
SENDS_MAIL: Final = ("post",)
"""Processes that speak to a server for mail, by implicit TLS or STARTTLS."""
WITHOUT_TEMPORAL: Final = ("projector", "notifier", "signer", "post", "grantee", "examiner", "webhooks", "api")
CONFINED: Final[dict[str, Any]] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}

Manifest = dict[str, Any]


def base() -> dict[str, list[Manifest]]:
    """Return the manifests by file."""
    files = {f"{process.name}.yaml": list(_of_a_process(process)) for process in PROCESSES}
    files |= {"namespace.yaml": [_namespace(), _account()], "migrate.yaml": [_migration()]}
    files |= {"network.yaml": [_nothing_else(), *map(_network, PROCESSES), _network_of_migration()]}
    return {**files, "kustomization.yaml": [_kustomization(sorted(files))]}


def _kustomization(files: list[str]) -> Manifest:
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": NAMESPACE,
        "resources": files,
        "configMapGenerator": [{"name": "accord-settings", "envs": ["settings.env"]}],
        "images": [{"name": IMAGE, "newTag": RELEASE}],
    }


def _of_a_process(process: Process) -> Iterator[Manifest]:
    yield _deployment(process)
    yield from (_claim(folder, is_shared=folder in SHARED) for folder in _claimed(process))
    if process.pages:
        yield _service(process)
    if REPLICAS.get(process.name, 1) > 1:
        yield _budget(process)


def _named(kind: str, name: str, version: str = "v1", process: str = "") -> Manifest:
    labels = {"app.kubernetes.io/name": "accord", **({"app.kubernetes.io/component": process} if process else {})}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": labels}}


def _chosen(process: str) -> Manifest:
    return {"matchLabels": {"app.kubernetes.io/name": "accord", "app.kubernetes.io/component": process}}


def _deployment(process: Process) -> Manifest:
    return {
        **_named("Deployment", f"accord-{process.name}", "apps/v1", process.name),
        "spec": {
            "replicas": REPLICAS.get(process.name, 1),
            # What writes to a folder of its own ends before its successor begins.
            "strategy": {"type": "Recreate" if process.folders or process.shares else "RollingUpdate"},
            "selector": _chosen(process.name),
            "template": {
                "metadata": {
                    "labels": _chosen(process.name)["matchLabels"],
                    "annotations": {"prometheus.io/scrape": "true", "prometheus.io/port": str(process.metrics)},
                },
                "spec": _pod(
                    [_container(process)], process.secrets, (*process.folders, *process.reads, *process.shares)
                ),
            },
        },
    }


def _pod(
    containers: list[Manifest], secrets: tuple[str, ...], folders: tuple[tuple[str, str], ...] = (), **more: Any
) -> Manifest:
    sources = [{"secret": {"name": f"accord-{file}", "items": [{"key": file, "path": file}]}} for file in secrets]
    return {
        "serviceAccountName": "accord",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": GRACE,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": containers,
        "volumes": [
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
            {"name": "secrets", "projected": {"defaultMode": 0o440, "sources": sources}},
            *({"name": folder, "persistentVolumeClaim": {"claimName": f"accord-{folder}"}} for _, folder in folders),
        ],
        **more,
    }


def _container(process: Process) -> Manifest:
    ports = [("probes", process.probes), ("metrics", process.metrics)]
    ports += [(_name_of(origin), port) for origin, port in process.pages]
    return {
        "name": process.name,
        "image": IMAGE,
        "args": list(process.command),
        "envFrom": [{"configMapRef": {"name": "accord-settings"}}],
        "env": [{"name": name, "value": value} for name, value in own_settings(process, KUBERNETES).items()],
        "ports": [{"name": name, "containerPort": port} for name, port in ports],
        "startupProbe": {**_asked("/live"), "failureThreshold": 30, "periodSeconds": 2},
        "livenessProbe": {**_asked("/live"), "failureThreshold": 3, "periodSeconds": 20, "timeoutSeconds": 8},
        "readinessProbe": {**_asked("/ready"), "periodSeconds": 10, "timeoutSeconds": 8},
        "resources": {
            "requests": {"cpu": f"{process.weight}m", "memory": f"{process.memory // 2}Mi"},
            "limits": {"memory": f"{process.memory}Mi"},
        },
        "securityContext": CONFINED,
        "volumeMounts": [*_mounts(), *_folders(process)],
    }


def _folders(process: Process) -> Iterator[Manifest]:
    for _, folder in (*process.folders, *process.shares):
        yield {"name": folder, "mountPath": f"{KUBERNETES.state}/{folder}"}
    for _, folder in process.reads:
        yield {"name": folder, "mountPath": f"{KUBERNETES.state}/{folder}", "readOnly": True}


def _mounts(secrets: str = KUBERNETES.secrets) -> list[Manifest]:
    return [
        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - of the container alone
        {"name": "secrets", "mountPath": secrets, "readOnly": True},
    ]


def _asked(path: str) -> Manifest:
    return {"httpGet": {"path": path, "port": "probes"}}


def _name_of(origin: str) -> str:
    """The name of a port: console, signing or counter."""
    return origin.removeprefix("ACCORD_").removesuffix("_ORIGIN").lower()


def _claimed(process: Process) -> Iterator[str]:
    """The folders that a process's file claims: its own, and those that no process before it shares."""
    yield from (folder for _, folder in process.folders)
    for shared in process.shares:
        if next(other for other in PROCESSES if shared in other.shares) is process:
            yield shared[1]


def _claim(folder: str, is_shared: bool) -> Manifest:
    mode = "ReadWriteMany" if is_shared else "ReadWriteOnce"
    return {
        **_named("PersistentVolumeClaim", f"accord-{folder}"),
        "spec": {"accessModes": [mode], "resources": {"requests": {"storage": "1Gi"}}},
    }


def _service(process: Process) -> Manifest:
    ports = [{"name": _name_of(origin), "port": port, "targetPort": _name_of(origin)} for origin, port in process.pages]
    return {
        **_named("Service", f"accord-{process.name}", process=process.name),
        "spec": {"selector": _chosen(process.name)["matchLabels"], "ports": ports},
    }


def _budget(process: Process) -> Manifest:
    return {
        **_named("PodDisruptionBudget", f"accord-{process.name}", "policy/v1", process.name),
        "spec": {"maxUnavailable": 1, "selector": _chosen(process.name)},
    }


def _namespace() -> Manifest:
    made = _named("Namespace", NAMESPACE)
    standards = ("enforce", "warn", "audit")
    made["metadata"]["labels"] |= {f"pod-security.kubernetes.io/{how}": "restricted" for how in standards}
    return made


def _account() -> Manifest:
    return {**_named("ServiceAccount", "accord"), "automountServiceAccountToken": False}


def _migration() -> Manifest:
    """Return the job that migrates, named by its release, since a job cannot be changed."""
    container = {
        "name": "migrate",
        "image": IMAGE,
        "args": ["accord", "migrate", "--logins", "/secrets"],
        "env": [
            {"name": "ACCORD_DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": ADMIN, "key": "url"}}},
        ],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "securityContext": CONFINED,
        "volumeMounts": _mounts("/secrets"),
    }
    return {
        **_named("Job", f"accord-migrate-{RELEASE.replace('.', '-')}", "batch/v1", "migrate"),
        "spec": {
            "backoffLimit": 6,
            "template": {
                "metadata": {"labels": _chosen("migrate")["matchLabels"]},
                "spec": _pod([container], (*map(str, Login), FILE), restartPolicy="OnFailure"),
            },
        },
    }


def _nothing_else() -> Manifest:
    return {
        **_named("NetworkPolicy", "accord-nothing-else", "networking.k8s.io/v1"),
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": "accord"}},
            "policyTypes": ["Ingress", "Egress"],
        },
    }


def _network(process: Process) -> Manifest:
    outward = [_to(53, "UDP"), _to(53), _to(5432)]
    outward += [] if process.name in WITHOUT_TEMPORAL else [_to(7233)]
    outward += [_to(443)] if process.name in REACHES_THE_WORLD else []
    outward += [_to(465), _to(587)] if process.name in SENDS_MAIL else []
    inward = [_from("monitoring", process.metrics), *(_from("ingress", port) for _, port in process.pages)]
    return _policy(process.name, outward, inward)


def _network_of_migration() -> Manifest:
    return _policy("migrate", [_to(53, "UDP"), _to(53), _to(5432)], [])


def _policy(process: str, outward: list[Manifest], inward: list[Manifest]) -> Manifest:
    return {
        **_named("NetworkPolicy", f"accord-{process}", "networking.k8s.io/v1", process),
        "spec": {
            "podSelector": _chosen(process),
            "policyTypes": ["Ingress", "Egress"],
            "ingress": inward,
            "egress": outward,
        },
    }


def _to(port: int, protocol: str = "TCP") -> Manifest:
    return {"ports": [{"port": port, "protocol": protocol}]}


def _from(use: str, port: int) -> Manifest:
    """Let in what stands in a namespace that is labelled for a use: `accord.example.org/use: ingress`, say."""
    chosen = {"namespaceSelector": {"matchLabels": {"accord.example.org/use": use}}}
    return {"from": [chosen], "ports": [{"port": port, "protocol": "TCP"}]}
