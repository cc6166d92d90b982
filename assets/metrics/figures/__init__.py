"""Figures of a span, as rows of the tables `figures`, `boards`, `board_ranks` and `board_pairs`.

Belongs here: which figures there are, of which counts, and their rows. Does not belong here: formulas (`plain/`), and
how counts are read (`spans.py`).
"""
