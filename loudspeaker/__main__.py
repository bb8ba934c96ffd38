"""`python -m loudspeaker`: the command line."""

from .cli import main

main()
