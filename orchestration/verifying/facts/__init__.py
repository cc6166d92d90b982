"""Facts beneath figures: what an edition says of plans, calls and checks, made again from its own rows.

Belongs here: results of checks, hashes, texts of suites. Does not belong here: counts and figures (`again`), what a
manifest says (`claims`).
"""
