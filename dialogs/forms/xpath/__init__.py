"""XPath 1.0 with the functions of ODK XForms, compiled to Python closures.

`lexer` → `parser` → `compile` (with `paths`) → closures; one family of functions a file; `library` is all of it.
No library is used: those that exist read dates as NaN, number nodes their own way, or are twenty times slower.
"""
