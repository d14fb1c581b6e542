"""Records of an import that two people signed: one short workflow for each part of them, and one at a time."""

from __future__ import annotations

from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ActAnswer, ImportPart
    from activities.imports.writing import Imports
    from domain.errors import DomainError
    from workflows.recording import local

WRITING: Final = "import"
"""The workflow's id: the same for every part, so that two imports never look at what stands and write at once."""


@workflow.defn(name="Import", failure_exception_types=[DomainError])
class ImportWorkflow:
    """The workflow of a part of an import. If it is started twice, each record is written once."""

    @workflow.run
    async def run(self, part: ImportPart) -> ActAnswer:
        """Have the records written, and return the answer, which may be a refusal."""
        first, last = part.records[0].reference, part.records[-1].reference
        summary = f"Write {len(part.records)} partnerships of before, {first} to {last}"
        answer: ActAnswer = await local(Imports.write_records, part, summary)
        return answer
