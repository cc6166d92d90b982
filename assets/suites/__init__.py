"""Suites: prompts, attributes, references, comparisons.

Belongs here: data files and the loader that validates them. Does not belong here: anything that asks or counts.
"""
