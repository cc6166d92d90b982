"""An edition against editions before it: the chain of manifests, and what changed between two of them.

Belongs here: comparing manifests, and rows that only tell whether something was added. Does not belong here: an edition
against itself.
"""
