"""Judge another system's export beside it: registers of each day, the report, and the line that is kept."""
