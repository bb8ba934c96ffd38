"""Preparing: a bulletin becomes a finished programme, ahead of time. Nothing here runs at air time.

order   what a programme is to be made of, and its recipe (light: the daemon asks it what is ready)
texts   what texts say and recordings hold, as somebody left it, or read now
desk    how a bulletin or a text becomes an order
make    the making: voices, composing, mastering, keeping (heavy: numpy; only in processes that end)
"""
