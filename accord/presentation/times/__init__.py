"""Times as people give and read them: zones, moments and periods."""
