"""The table `scores`: every figure of a cell or a suite.

Belongs here: putting families together, rates, rewritten prompts. Does not belong here: formulas.
"""
