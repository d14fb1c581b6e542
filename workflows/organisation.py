"""A signed act of the organisation about itself: one short workflow per act, under the act's own id."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ActAnswer
    from activities.organisation import Organisation
    from domain.errors import DomainError
    from domain.recorded.acts import OrganisationAct
    from workflows.recording import local


@workflow.defn(name="OrganisationAct", failure_exception_types=[DomainError])
class OrganisationActWorkflow:
    """The workflow of one act. If it is started twice, the act is recorded once: the ledger recognises the act's id."""

    @workflow.run
    async def run(self, act: OrganisationAct) -> ActAnswer:
        """Have the act recorded, and return the answer, which may be a refusal."""
        answer: ActAnswer = await local(
            Organisation.record_act, act, f"Record {act.event.event_type}, signed by {act.actor}"
        )
        return answer
