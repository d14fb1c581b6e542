"""Entry point of `python -m accord`, for use when the command `accord` is not on the PATH."""

from accord.cli.main import main

main()
