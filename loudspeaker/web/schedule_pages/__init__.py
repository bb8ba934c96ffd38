"""Lịch tuần and Xếp lịch: what is planned, and changes that are shown before they are saved.

week_table.py        a week's airings as a table
entry_form.py        the fields of Xếp lịch, its times and its calendar
entry_attempt.py     what saving such a form would do

Pages: week (Lịch tuần), week_copy (a week once more), entry_pages (Xếp lịch), sheet_pages (schedules from .xlsx).
"""
