"""`python -m worker` is `cuadre`."""

from worker.cli import main

main()
