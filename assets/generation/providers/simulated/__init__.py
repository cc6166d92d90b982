"""Simulated models: a shipped provider whose biases are planted, so that every later step can be checked against them.

Belongs here: personas, their planted truth and their drawings. Does not belong here: real models' APIs.
"""

from assets.generation.providers.simulated.palette import CONVENTION
from assets.generation.providers.simulated.provider import Simulated, make

__all__ = ["CONVENTION", "Simulated", "make"]
