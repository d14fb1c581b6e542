"""The signed line of a report, which ties it to the report before."""
