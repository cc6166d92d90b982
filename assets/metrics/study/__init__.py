"""Figures of imported studies: ranks, differences, tests.

Belongs here: what only studies have. Does not belong here: importing them (`studies`).
"""
