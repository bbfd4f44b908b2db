"""Your own models: one file a model, put here by ``upcurve new model FILE.py:function``."""
