"""The officers' console (trang của cán bộ): pages over HTTP for people who use no terminal. A shell, as cli/ is.

accounts.py    people with their roles, sessions, one-time links and log-in tries, in a database of their own
passwords.py   which passwords are taken, and how they are kept
guard.py       what stands before every page: who may do what, host names, forms from elsewhere, headers
"""
