"""Process 2: the web for staff and moderators. Holds no messenger token, no pepper and no sealing key.

Still empty of code: until it stands, staff work by command line (`zuruf survey …`), which goes the same way through
the database.
"""
