"""Upcurve: a declarative pipeline that says why a Keras model's accuracy is not improving."""
