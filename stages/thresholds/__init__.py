"""How probabilities become decisions, chosen on the validation part.

A rule is called with ``(target, probabilities, *, classes, weight=None)`` and returns `Chosen`.
"""
