"""The nightly refresh of one register: fetch the files that its publisher changed, and load them."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Refreshed
    from activities.registers.refreshing import Refreshing
    from workflows.options import REFRESHING, with_summary


@workflow.defn(name="RegisterRefresh")
class RegisterRefreshWorkflow:
    """One run of a register's schedule. If it fails, the version in force stays, and the next day's run tries again."""

    @workflow.run
    async def run(self, register: str) -> Refreshed:
        """Refresh the register."""
        outcome: Refreshed = await workflow.execute_activity_method(
            Refreshing.refresh_register, register, **with_summary(REFRESHING, f"Refresh {register} from its publisher")
        )
        return outcome
