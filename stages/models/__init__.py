"""Models: builders of uncompiled Keras networks, one a file, and what reads a network's answers."""
