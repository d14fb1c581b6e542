"""`python -m accord`: the shell command, where it is not on the path."""

from accord.cli.main import main

main()
