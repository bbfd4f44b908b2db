"""Your own Keras model as a choice: any function that returns a ``keras.Model``, called as it wants to be.

The function may take nothing, or any of the names in `stages.models.supplied`, and keyword arguments of
its own with defaults, which are the parameters of its YAML. It may return a Sequential (with or without
input shape), a functional or a subclassed model, compiled or not: `train` compiles it anew.
"""

from __future__ import annotations

from typing import Any

import keras

from stages.models.calling import call_own
from stages.models.features import SEQUENCE_LENGTH
from stages.models.interface import Inputs, Outputs
from stages.models.join import join
from stages.models.loading import saving_fault
from stages.models.rebuilt import Rebuilt

COMPILED = "your model was compiled: its optimizer, loss and metrics are replaced by those of train.*."
BLIND = (
    "your model reads the series without their lengths: the zeros after the end of one are steps like any "
    "other. keras.layers.Masking() as first layer leaves them out, or let the function take `inputs`."
)
TRAIN_STEP = "your model has a train_step of its own, which is not used."
REBUILT = (
    "Keras alone cannot save your model ({fault}), so its file holds the call of {function} and the weights, "
    "and is loaded with this project at hand. For a file that loads anywhere, give each class of yours "
    "**kwargs in __init__, handed to super().__init__(**kwargs), a get_config(), and the decorator "
    "@keras.saving.register_keras_serializable(); put functions in place of lambdas."
)


def build_own(inputs: Inputs, outputs: Outputs, *, function: str, **keywords: Any) -> Any:
    """Return the model that `function` makes, joined to `inputs`; what is odd about it in ``adapter_notes``.

    Parameters
    ----------
    function
        ``stages.models.own.<file>:<function>``; a subclass of ``keras.Model`` serves too.
    keywords
        Its own keyword arguments.

    Raises
    ------
    ValueError
        If there is no such function, it fails, it needs an argument nobody gives, or what it returns is
        no model for this data. The message says how to mend it.
    """
    made = call_own(function, keywords, inputs=inputs, outputs=outputs)
    notes = _notes(made, inputs)
    model = join(made, inputs, name=function.replace(":", "."))
    fault = saving_fault(model)
    if fault:
        model = Rebuilt.of(model, outputs=outputs, spec=inputs.spec, function=function, keywords=keywords)
        notes.append(REBUILT.format(fault=fault, function=function))
        _check_rebuilt(model, function)
    model.adapter_notes = tuple(notes)
    return model


def _notes(made: Any, inputs: Inputs) -> list[str]:
    own_step = type(made).train_step is not keras.Model.train_step
    read = getattr(made, "inputs", None) or ()
    masking = any(isinstance(layer, keras.layers.Masking) for layer in made.layers)
    blind = SEQUENCE_LENGTH in inputs.tensors and len(read) == 1 and not masking
    said = {COMPILED: made.compiled, TRAIN_STEP: own_step, BLIND: blind}
    return [note for note, applies in said.items() if applies]


def _check_rebuilt(model: Any, function: str) -> None:
    fault = saving_fault(model)
    if fault:
        raise ValueError(
            f"the model of {function} cannot be saved and loaded again: {fault}. Calling the function twice "
            "must make the same layers in the same order: create them in __init__ or in the function, not in "
            "call()."
        )
