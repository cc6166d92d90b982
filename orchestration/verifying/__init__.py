"""Verifying a published edition: against itself, against the code that made it, and nothing else.

Belongs here: finding an edition (store, folder, address) and every comparison, a module each. Does not belong here:
publishing (`assets.leaderboard`), printing and exit codes (`commands.auditor`), the objects of the store.
"""
