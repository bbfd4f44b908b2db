"""What makes new training examples out of old ones.

Every augmenter has ``augment(train, *, spec) -> Encoded``, which returns the new examples only.
"""
