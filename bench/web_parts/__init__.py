"""Parts of `web.py`: the load of ten officers, in a process of its own."""
