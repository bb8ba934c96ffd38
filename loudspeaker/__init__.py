"""Timed, spoken village bulletins: a script goes in, a loudspeaker speaks."""
