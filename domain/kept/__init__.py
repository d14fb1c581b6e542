"""Reports that are kept: the line that each is signed by."""
