"""Labelers: one file each.

Belongs here: how one labeler reads a picture. Does not belong here: which pictures it reads (`labeling.run`), calls
and money (`asked`, `gateway`).
"""
