"""What Linli costs: each hot path against a floor written by hand, on the same data, in the same run.

Absolute times depend on the machine; ratios travel. `make bench` prints the table of `docs/performance.md`.
"""
