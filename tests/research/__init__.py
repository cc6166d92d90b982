"""What the statistics promise, simulated: `python -m tests.research` writes one table per promise.

Belongs here: worlds whose truth is planted (`worlds`), the way from counts to figures that is tried (`paths`), promises
with the figures that are published of them (a module each), the table of promises (`__main__`). Does not belong here:
tests (a small run of each promise is `tests/research/promises/test_promises.py`), formulas.
"""
