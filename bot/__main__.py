"""`python -m bot` is `zuruf`."""

from bot.cli import main

main()
