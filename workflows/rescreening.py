"""Re-screening: a change of a register signals each partnership that it may affect to recheck."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AffectedPartnerships
    from activities.registers.rescreening import Rescreening
    from domain.values import Value
    from workflows.options import FINDING, TELLING, with_summary


class Rescreened(Value):
    """A run's result: the number of open partnerships, and the ids of those that were signalled."""

    looked_at: int
    told: tuple[str, ...]


@workflow.defn(name="Rescreening")
class RescreeningWorkflow:
    """One run of the re-screening schedule."""

    @workflow.run
    async def run(self) -> Rescreened:
        """Find the partnerships that changed registers may affect, and signal them."""
        partnerships: AffectedPartnerships = await workflow.execute_activity_method(
            Rescreening.find_touched,
            **with_summary(FINDING, "Find the open partnerships that the registers speak of anew"),
        )
        if partnerships.partnership_ids:
            count = len(partnerships.partnership_ids)
            await workflow.execute_activity_method(
                Rescreening.tell, partnerships, **with_summary(TELLING, f"Tell {count} partnerships to look again")
            )
        return Rescreened(looked_at=partnerships.looked_at, told=partnerships.partnership_ids)
