"""Commands of two words, a module for each group, and `verify`: arguments and help.

`orchestration.cli` has them for the others.

Belongs here: reading of arguments. Does not belong here: what a command does (`orchestration.commands`).
"""
