"""Commands of two words, a module for each group, and `verify` and `explain`: arguments and help.

`orchestration.cli` has the others.

Belongs here: reading of arguments. Does not belong here: what a command does (`orchestration.commands`).
"""
