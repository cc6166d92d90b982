"""Commands of two words, a module for each group: arguments and help, as `orchestration.cli` has them for the others.

Belongs here: reading of arguments. Does not belong here: what a command does (`orchestration.commands`).
"""
