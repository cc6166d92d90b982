"""The ways that a message takes: one file per channel, and the table of them.

Belongs here: channels. Does not belong here: what is sent, and when.
"""
