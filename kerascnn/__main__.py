"""`python -m kerascnn` is the same as `kerascnn`."""

from kerascnn.cli import main

main()
