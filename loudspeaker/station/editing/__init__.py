"""Changes of people's files before they are saved, and their saving.

bulletin_editing  bulletins          schedule_editing  schedules          commune_editing  commune.yaml
what_if           what a change does to the plan and to approvals
bulletin_export   a bulletin as a sound file, with its picture (numpy)
"""
