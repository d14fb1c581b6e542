"""Letters as they are asked for and issued in the console."""
