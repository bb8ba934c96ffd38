"""Alarms: how they are given, at the box or signed, which stand, and what became of each.

alerts          an emergency before it is aired, at the box    alarms         which emergencies stand, and their end
signed_alerts   what a signed alert means on this box          alert_log      what the log knows of signed alerts
alert_receipts  the same for people                            alert_sounds   their sound, kept where it comes in time
"""
