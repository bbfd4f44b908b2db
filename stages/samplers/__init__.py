"""What adds or removes rows of the encoded training split.

Every sampler has imbalanced-learn's ``fit_resample(X, y)``; most are imbalanced-learn's own.
`stages.samplers.drawing` applies them to encoded examples, `stages.samplers.features` knows which columns are
categories.
"""
