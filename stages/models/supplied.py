"""The arguments of your own model function that the pipeline fills in, by their names; free of Keras."""

from __future__ import annotations

ALWAYS = {
    "inputs": "stages.models.interface.Inputs: the symbolic inputs by name (inputs.tensors['numeric'])",
    "outputs": "stages.models.interface.Outputs: task, units, activation and bias the network must end in",
    "spec": "stages.examples.encoded.Spec: what encode made",
    "task": "binary, multiclass or regression",
    "input_shape": "shape of one row of the numeric columns, (num_features,), or of the first other input",
    "input_dim": "number of numeric columns",
    "num_features": "number of numeric columns",
    "n_features": "number of numeric columns",
    "num_classes": "number of classes; 1 for a regression",
    "n_classes": "number of classes; 1 for a regression",
    "num_outputs": "width of the last layer: 1 for a binary task and a regression, else num_classes",
    "output_units": "width of the last layer, as num_outputs",
    "category_sizes": "number of ids in each column of category ids",
    "vocabulary_size": "number of token ids, those of padding and unknown tokens among them; 0 without text",
    "vocab_size": "as vocabulary_size",
    "output_bias": "initial bias of the last layer from the prior: a number, a list for many units, or None",
}
"""Filled in whether or not they have a default: the data decides them."""

IF_REQUIRED = {
    "output_activation": "last activation that fits the task: sigmoid, softmax or linear",
    "num_inputs": "number of numeric columns",
    "shape": "shape of one row of the numeric columns, (num_features,)",
    "classes": "names of the classes",
    "vectors": "pretrained vectors of the tokens, (vocabulary_size, dimension), or None",
}
"""Filled in only where they have no default; with one they are parameters like any other."""


def is_supplied(name: str, *, required: bool) -> bool:
    """Return whether the pipeline fills in the argument called `name`.

    Examples
    --------
    >>> is_supplied("num_classes", required=False), is_supplied("hidden_units", required=False)
    (True, False)
    """
    return name in ALWAYS or (required and name in IF_REQUIRED)
