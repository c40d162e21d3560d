"""Process 2: the web for staff and moderators. Holds no messenger token, no pepper and no sealing key.

    routes.py  every URL and its right ──> middleware.py (who may) ──> views/ ──> templates/
    home.py    the opened stores           visit.py (one request)      pages.py (templates, static files)

What is decided here goes to the bot through the database alone (`storage/orders.py`).
"""
