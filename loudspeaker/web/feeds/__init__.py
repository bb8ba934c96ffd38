"""For other programs, reading only: JSON, calendars and figures, each with a token.

feed_requests.py     what they are answered: the token, errors as JSON
api.py               the rows of `--json`; openapi.py: what they look like
calendar_feed.py     the airings of a village in a phone
metrics.py           figures for Prometheus; metric_format.py: how they are written
"""
