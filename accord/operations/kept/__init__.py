"""Reports that are kept under signed lines."""
