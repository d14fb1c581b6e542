"""Re-screening: when a register changes, the partnerships that the change touches look again, each by itself."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Touched
    from activities.rescreening import Rescreening
    from domain.values import Value
    from workflows.options import RESCREENING, told


class Rescreened(Value):
    """A run's result: how many open partnerships there were, and which of them were told."""

    looked_at: int
    told: tuple[str, ...]


@workflow.defn(name="Rescreening")
class RescreeningWorkflow:
    """One run of the re-screening schedule."""

    @workflow.run
    async def run(self) -> Rescreened:
        """Work out whom the change touches, and tell them."""
        touched: Touched = await workflow.execute_activity_method(
            Rescreening.find_touched, **told(RESCREENING, "Find the open partnerships that the registers speak of anew")
        )
        if touched.partnership_ids:
            count = len(touched.partnership_ids)
            await workflow.execute_activity_method(
                Rescreening.tell, touched, **told(RESCREENING, f"Tell {count} partnerships to look again")
            )
        return Rescreened(looked_at=touched.looked_at, told=touched.partnership_ids)
