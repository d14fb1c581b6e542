"""The embedded stack starts, whatever somebody else on this machine took meanwhile."""

from __future__ import annotations

import socket
from pathlib import Path

from deploy.connections import connect_temporal
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.stack import Stack


async def test_a_port_that_was_taken_before_temporal_starts_again_is_given_up_for_another(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "stack", workers=0)
    await stack.start()
    wanted = stack.state.ui_url
    stack.stop()
    with socket.create_server((LOOPBACK, int(wanted.rsplit(":", 1)[1]))):
        try:
            await stack.start()
            assert stack.state.ui_url != wanted
            assert (
                await (
                    await connect_temporal(stack.state.temporal_address, secrets=stack.postgres.secrets)
                ).count_workflows()
                is not None
            )
        finally:
            stack.stop()
