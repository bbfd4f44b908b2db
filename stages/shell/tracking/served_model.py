"""The model as MLflow serves it: this file travels with the model and is run when it is loaded.

It stands alone: all it knows of the project is the zip archive that lies beside it, and the name of the
package in there, which no other code has.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel


class RawRows(PythonModel):
    """Predicts raw rows, the columns of the user's file."""

    def load_context(self, context: Any) -> None:
        """Load the predictor from the files beside."""
        package, code = context.model_config["package"], context.artifacts["code"]
        if code not in sys.path:
            sys.path.append(code)
        predictor: Any = import_module(f"{package}.bundle.predictor")
        self.predictor = predictor.Predictor.load(Path(context.artifacts["parts"]))

    def predict(self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> Any:
        """Return the predictions of `model_input`; what cannot be read is an error of the caller's."""
        try:
            predicted = self.predictor.predict(model_input, **(params or {}))
        except ValueError as error:
            raise MlflowException.invalid_parameter_value(str(error)) from error
        return without_nan(predicted)


def without_nan(predicted: pd.DataFrame) -> pd.DataFrame:
    """Return predictions with None where a row has none: NaN is no JSON."""
    known = predicted.notna()
    return predicted if known.all(axis=None) else predicted.astype(object).where(known, None)


set_model(RawRows())
