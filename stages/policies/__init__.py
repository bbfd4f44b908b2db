"""On-the-fly augmentation: what changes a batch of pictures or series while the network trains.

Contract: ``policy(inputs, target, weight, seed=seed) -> (inputs, target, weight)``, a pure function of its
arguments that TensorFlow can put into a graph. `stages.policies.read_policy` makes one of what stage
`augment` wrote. Importing this package does not load TensorFlow; making a policy does.
"""

from stages.policies.interface import Batch, Policy
from stages.policies.reading import read_policy

__all__ = ["Batch", "Policy", "read_policy"]
