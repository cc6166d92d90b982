"""Labelers that are asked over a network: what their answers say of them, and trying them out.

Belongs here: forms of answers, what stops such a labeler, trial calls. Does not belong here: any one API (`labelers/`),
making the calls of a partition (`labeling.asking`).
"""
