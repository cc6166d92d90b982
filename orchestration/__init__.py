"""When and where things run: Dagster definitions, the `cliche` command, settings, gates.

Belongs here: wiring and words of commands. Does not belong here: rules of the domain (`assets`).
"""
