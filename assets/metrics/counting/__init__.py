"""Counting: pictures per cell and value, and what plans say of cells.

Belongs here: counts and keys, before any formula. Does not belong here: figures (`formulas`).
"""
