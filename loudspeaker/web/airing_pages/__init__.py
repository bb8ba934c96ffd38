"""What is heard: today, now, in an emergency, and what became of it.

alarm_forms.py       alarms that wait for a second look or a second person

Pages: today (Hôm nay), air_control (less sound), replaying (heard now), emergency (Khẩn cấp), history (Nhật ký).
"""
