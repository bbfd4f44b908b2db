"""Losses: builders of a Keras loss for a task and for what the network ends in, and its targets."""
