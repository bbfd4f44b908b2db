"""A model saved as the call that made it, for networks that Keras alone cannot save."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import keras

from stages.examples.encoded import Spec
from stages.models.calling import call_own
from stages.models.interface import Outputs, make_inputs
from stages.models.join import join

OWN = "stages.models.own."
"""Where the functions lie that a saved model may name: reading a file must not run just any function."""


@keras.saving.register_keras_serializable(package="upcurve")
class Rebuilt(keras.Model):
    """A functional model whose configuration is a function, its keywords and the data's description.

    Loading calls the function again and puts the saved weights into what it returns.
    """

    def __init__(self, *, inputs: Any, outputs: Any, recipe: str, name: str) -> None:
        super().__init__(inputs=inputs, outputs=outputs, name=name)
        self.recipe = recipe

    @classmethod
    def of(
        cls, model: Any, *, outputs: Outputs, spec: Spec, function: str, keywords: Mapping[str, Any]
    ) -> Rebuilt:
        """Return `model`, made by `function` with `keywords`, in this form."""
        recipe = {
            "function": function,
            "keywords": dict(keywords),
            "spec": spec.model_dump(mode="json"),
            "outputs": asdict(outputs),
            "dtype_policy": keras.config.dtype_policy().name,
        }
        return cls(
            inputs=_by_name(model), outputs=model.outputs[0], recipe=json.dumps(recipe), name=model.name
        )

    def get_config(self) -> dict[str, Any]:
        """Return the recipe."""
        return {"name": self.name, "recipe": self.recipe}

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Any = None) -> Rebuilt:
        """Return the model made anew, with fresh weights."""
        recipe = json.loads(config["recipe"])
        if not str(recipe["function"]).startswith(OWN):
            raise ValueError(
                f"expected a function in {OWN}*, received {recipe['function']}, which loading would run: "
                "bring your file there with `upcurve new model FILE.py:build`."
            )
        inputs = make_inputs(Spec.model_validate(recipe["spec"]))
        outputs = Outputs(**{**recipe["outputs"], "bias": _tuple(recipe["outputs"]["bias"])})
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy(recipe["dtype_policy"])
        try:
            made = call_own(recipe["function"], recipe["keywords"], inputs=inputs, outputs=outputs)
            model = join(made, inputs, name=config["name"])
        finally:
            keras.config.set_dtype_policy(before)
        return cls(
            inputs=_by_name(model), outputs=model.outputs[0], recipe=config["recipe"], name=config["name"]
        )


def _by_name(model: Any) -> dict[str, Any]:
    return {tensor.name: tensor for tensor in model.inputs}


def _tuple(bias: list[float] | None) -> tuple[float, ...] | None:
    return None if bias is None else tuple(bias)
