"""Models without a network, which answer the question: better than what."""
