"""Files that people edit become values of model/, checked when read. No text is read and nothing is planned here.

folder.py, source.py            a station's folders, read again and again: only what has changed
commune_file.py, box_file.py    commune.yaml and box.yaml
schedule_file.py                schedules/*.yaml
bulletin_file.py                bulletins/*.md: the head, and the text as it is written
spoken_bulletin.py              speech/*.json: a bulletin's words as they are to be spoken, signed beside it
commune_edit.py, bulletin_edit.py, schedule_entries.py
                                these files with one thing changed, and all else left to the byte
entry_sentences.py              one entry of a schedule in a sentence
keywords.py                     English and Vietnamese words for keys, weekdays and other values
values.py, day_values.py        text -> time, date, length, …; lunar days and named days as they are written
loose.py                        other ways of writing a time, a date, a length -> the one of the files, for proposals
"""
