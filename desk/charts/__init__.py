"""Results as pictures: pure functions from a `SafeQuestion` to SVG, each with its sentence and its table.

    paper.py      SVG as text: escaped words, and how wide they are
    bars.py       bars, diverging bars, words
    columns.py    histograms
    outlines.py   districts of the town, or squares of a grid
    figures.py    which chart fits a question; sentence, table and why something is hidden

A chart has no fixed width: lengths are shares of the page, words keep the reader's size, so it reads at 320 px as on a
wall. Nothing is explained by a legend; colours are classes (`dialogs/looks/static/charts.css`). A picture says what the
table beneath it says, and the table is the truth. Not here: which numbers may be shown (`privacy/disclosure.py`).
"""
