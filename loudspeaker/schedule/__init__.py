"""Time: files become airings. Pure: no clock is read here, and no file is opened.

wishes.py                           what the rules ask for on one day
screening.py                        who is turned away: skips, validity, approval, policy, pauses
timeline.py, sessions.py            one output's time, given out by the level law
channels.py, hours.py               where and when: outputs with all who hear them, open hours
plan.py                             all of these together: a window's airings
permit.py                           policy once more, when the time has come
findings.py                         what will not go as written, for `check`
airing.py                           an airing, and what a plan is told
"""
