"""What a running process is put together from, one concern a file; `bot/app.py` says in which order it starts and ends.

Not here: what the parts do (their own files), what runs again and again (`bot/app.py`).
"""
