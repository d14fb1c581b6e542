"""`make mutation`: mutants of a package, and the tests or goldens that must notice them."""
