"""From rules to airings. Pure: no clock is read here, and no file is opened.

occurrences.py               what the rules ask for on one day, in the order of the level law
admission.py                 what is rejected before time is allocated: skips, validity, approval, policy, pauses
timeline.py                  one output's time, allocated by the level law
channels.py, open_hours.py   where and when: outputs with all who hear them, open hours
origins.py                   what offices above the commune have scheduled: planned, or only offered
crowd.py                     more airings on a day than a box can deal with
plan.py                      all of these together: a window's airings
recheck.py                   policy once more, when the time has come
lint.py                      what will not go as written, for `check`

trial.py, comparison.py      a change of schedules that nobody has saved: its plan, and what that does to others
clashes.py                   the same in few lines
choices.py, another_time.py  ways out of a clash
"""
