"""Looking after a box.

relays_off.py    make sure that no amplifier is left on
"""
