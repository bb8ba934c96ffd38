"""Values that two rooms share: frozen dataclasses and enumerations. Nothing is read, decided or kept here.

enums.py           levels, verdicts, refusals, expectations, how an alarm ends
airing.py          an airing as it is planned, and what a plan is told of bulletins and people's decisions
refusal.py         why an airing may not be heard
asrun_record.py    what became of an airing, and events of the log
"""
