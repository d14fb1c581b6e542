"""What every process is: how it starts and ends, and what it answers to its orchestrator."""
