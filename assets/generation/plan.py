"""The plan of one (model, week): everything needed to ask, load and rebuild it, frozen before the first call.

Belongs here: the plan's shape, making it from a model entry and its suites, reading and writing it. Does not belong
here: calling anybody (`ledger`, `run`), validating models.yaml (`models_file`) or suites (`assets.suites`).
"""
