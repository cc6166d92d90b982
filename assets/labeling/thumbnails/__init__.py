"""Thumbnails: small WebP files of every picture, made once, by the picture's hash.

Belongs here: making them of a picture's bytes, and finding which pictures of a week lack them. Does not belong here:
pages that show them (`assets.leaderboard`), how they are checked (`warehouse.integrity`).
"""
