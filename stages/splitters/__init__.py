"""Ways to assign examples to train, validation and test.

Every splitter is called as ``assign(rows, sizes, *, seed) -> Assignment``. `rows` holds the reserved columns
of the table of examples and the column ``unit`` (see `stages.splitters.units`): rows that must stay together.
"""
