"""The sanctions lists in force, and what changed on them."""
