"""Where chance comes from: one stream of random numbers a purpose, all from one seed.

A draw added to one purpose changes no other, so a seed keeps its patient when a device learns more.
"""

import math
from random import Random


def stream(seed: int, purpose: str) -> Random:
    """Gives the stream of a purpose; the same seed and purpose give the same numbers everywhere."""
    return Random(f"{seed}/{purpose}")  # a text is hashed whole, not by the interpreter's hash()


def lognormal(rng: Random, mean: float, cv: float) -> float:
    """Draws from the lognormal distribution of this mean and coefficient of variation."""
    variance = math.log(1 + cv * cv)
    return rng.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))
