"""Files that people edit become values of model/, checked at the door. Nothing is planned and no text is read here.

commune_file.py, box_file.py    commune.yaml and box.yaml
schedule_file.py                schedules/*.yaml
bulletin_file.py                bulletins/*.md: the head, and the text as it is written
day_values.py                   dates, lunar days and named days as they are written
"""
