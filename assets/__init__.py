"""What is made, one room per step, in the order in which data flows.

Belongs here: the domain's rules, free of Dagster but for one thin `asset.py` per step. Does not belong here: when and
where things run (`orchestration`), where they are kept (`warehouse`).
"""
