"""Pure converters for files of strangers (forms, photos, voice messages, districts), run in one subprocess with limits.

::

    client.py      Sandbox: the async side, in the process that serves citizens; starts, bounds, restarts
    worker.py      the other side: `python -m storage.sandbox`; no files, no sockets, little memory, little time
    jobs.py        what is sent between them
    problems.py    why a file is refused, in words for whoever sent it
    photos.py voices.py ogg.py webm.py isobmff.py mp3.py     bytes in, cleaned bytes out

Not here: what forms mean (`dialogs/forms/`), where files are kept (`storage/sql/`).
"""

from storage.sandbox.client import Sandbox
from storage.sandbox.jobs import Photo, Voice
from storage.sandbox.problems import Problem

__all__ = ["Photo", "Problem", "Sandbox", "Voice"]
