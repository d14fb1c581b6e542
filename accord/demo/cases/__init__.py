"""The demo's partnerships, of every kind and outcome. They are invented, like the sample registers."""
