"""Values that two rooms share: frozen dataclasses and enumerations. Nothing is read, decided or kept here.

enums.py                   levels, verdicts, expectations, how an alarm ends
commune.py, box.py         who the station is; one machine with its outputs
broadcast.py, bulletin.py  one entry of a schedule; one text with its head
contents.py                people's files together: as they were read, and as what a plan is made from
day_set.py, lunar.py       days as predicates, the lunar calendar of Vietnam
schedule_change.py         how one entry of a schedule becomes another
airing.py                  an airing as it is planned, and what a plan is told of bulletins and people's decisions
spoken_text.py             what reading gives: spoken text, doubts, utterances
refusal.py                 why an airing may not be heard, and which kind of reason that is
programme.py               a finished programme: its file and what is in it; the voice that speaks it
requests.py, envelope.py   what people ask of a station on the air, and with who asks it; request_checks.py
office_requests.py         what an office asks for before anything is heard
board.py, alert_preview.py  what it answers: the station at a glance, an alarm before it is given
alert_answer.py            how far a box has come with a signed alert
asrun_record.py            what became of an airing, and events of the log
generations.py             not a value: what is kept of values from one reading of people's files to the next
"""
