"""What many texts are about: frequent words, words that stand out in a group, themes. Offline, German and English.

::

    saying.py        a masked text with whose it is and which groups it belongs to: what comes in
    lexis.py         words, stems, stop words
    words.py         frequent words of a question; words that stand out in a group
    topics.py        themes, found with TF-IDF and NMF
    carrying.py      a new suggestion meets what moderators named, merged and split
    facets.py        groups and themes counted, as what disclosure control takes
    worker.py        all of it in a process of its own, with limits

A word is told only if five people or more used it, in five texts or more. Not here: opening texts (`desk/library.py`),
rows (`storage/sql/themes.py`), pages.
"""
