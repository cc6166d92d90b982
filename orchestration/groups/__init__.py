"""Commands of two words, a module for each group, and `explain`: arguments and help; `cli` has the others.

Belongs here: reading of arguments. Does not belong here: what a command does (`orchestration.commands`).
"""
