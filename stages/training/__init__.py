"""Training a network: rows and weights, feeding, compiling, watching, resuming, archiving."""

from stages.training.quiet import import_tensorflow

import_tensorflow()
