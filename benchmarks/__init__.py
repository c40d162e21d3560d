"""What is timed, against peers, in one run. `python -m benchmarks.turns`; how to read it: benchmarks/README.md."""
