"""Reading an edition by any SQL text, hostile text included, in a process that can reach nothing else.

Belongs here: the connection and its limits, which statements it takes, how rows become bytes. Does not belong here:
options and messages of a command or a server, and queries of ours, which need no sandbox.
"""
