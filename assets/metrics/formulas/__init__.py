"""Formulas: from counts to a figure and its interval.

Belongs here: pure functions of arrays, with their source. Does not belong here: reading tables, assembling rows.
"""
