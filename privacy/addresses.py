"""Addresses and persons: the values in which a native id lives, and the only way to look inside.

An `Address` shows a mask, and refuses to be pickled, formatted or iterated. `reveal()` is called in `adapters/` only (a test looks).
A `Person` is made by the gate (`adapters/inbox.py`) in the call stack of the message and ends with the turn. The desk never imports
this module (import-linter).
"""
