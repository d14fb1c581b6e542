"""What a worker looks at beside its tasks, and what operators mend: workflows and the ledger held together."""
