"""Process 1: wires and runs, decides nothing. What is said is decided in `dialogs/`."""
