"""The 360Giving package: grants as JSON, the same as a sheet, and counts of their quality."""
