"""Values that two rooms share: frozen dataclasses and enumerations. Nothing is read, decided or kept here.

enums.py    levels, verdicts, refusals, expectations, how an alarm ends
"""
