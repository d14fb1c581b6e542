"""Reports under signed lines."""
