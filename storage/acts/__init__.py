"""Acts of staff that have two counters, the command line (`bot/`) and the desk (`desk/`): one act, one file.

An act reads what it needs, decides, stores, and says why not (`errors.ActError`). It takes the stores it touches, the
time and the voice of whoever reads its errors; it prints nothing and opens no key but the reading key. Not here: how a
counter shows it, who may do it there.
"""
