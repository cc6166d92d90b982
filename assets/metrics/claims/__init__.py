"""The claims of 2023: what models draw now of what was reported then.

Belongs here: counts, intervals and verdicts. Does not belong here: which claims there are (`suites.claims`).
"""
