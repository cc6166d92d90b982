"""The pictures behind a figure, and what is said of it: findings of an edition, and sentences of 2023 then and now.

Belongs here: which pictures a figure counts, its sentences, doubts and share card. Does not belong here: the kinds of
page that show them (`pages`), figures (`metrics`).
"""
