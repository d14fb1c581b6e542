"""The programs of `examples`, as whoever copies them would try them."""
