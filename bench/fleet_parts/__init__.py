"""Parts of `fleet.py`: thousands of boxes' connections, in processes of their own."""
