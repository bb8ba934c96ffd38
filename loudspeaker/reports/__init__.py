"""What was done, from plans and logs: values and text, for the command line, the console and the hub.

report.py            a commune's report (report_tables.py its tables, workbook.py the .xlsx)
records.py, tally.py the verdicts of several logs, each airing once; what was planned and heard, counted
explain.py           the story of one airing; audit_trail.py: what people did
outcome_words.py     what became of an airing, in a word or two
daemon_absence.py    whether a daemon was at work at a moment
log_export.py        a log as JSON lines, for another machine
day_chart.py, programme_picture.py  pictures (SVG); picture_file.py writes them
"""
