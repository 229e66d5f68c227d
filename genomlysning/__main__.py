"""`python -m genomlysning`: the command where it is not installed.

Belongs here: nothing else.
"""

from genomlysning.cli import main

main(prog_name="genomlysning")
