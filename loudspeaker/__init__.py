"""Timed, spoken village bulletins: a script goes in, a loudspeaker speaks. docs/architecture.md draws the rooms."""

VERSION = "0.1.0"  # of the program; `make release` writes it
