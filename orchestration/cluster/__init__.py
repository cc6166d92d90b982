"""Runs on workers of several machines: how Dagster queues and starts them, and how a command submits them.

Belongs here: what several machines alone have; all but `ranges` needs the extra `scale`. Does not belong here: what a
run does, which is the same on a laptop.
"""
