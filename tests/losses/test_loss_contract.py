"""Every choice of ``train.loss`` trains the tasks it is for, and says why it cannot train the others."""

from __future__ import annotations

from pathlib import Path

import keras
import model_cases as cases
import numpy as np
import pytest

from stages.losses.fit import check_loss
from stages.losses.targets import target_for
from stages.models.interface import make_inputs, make_outputs
from stages.models.linear import build_linear
from stages.models.structure import outputs_of
from stages.settings.loss import LOSSES

CHOICES = cases.choices("train/loss")
every_choice = pytest.mark.parametrize("path", CHOICES, ids=[path.stem for path in CHOICES])


@every_choice
@pytest.mark.parametrize("task", cases.TASKS)
@pytest.mark.parametrize("activation", ["auto", "linear"])
def test_a_few_steps_make_it_smaller_or_it_is_refused(path: Path, task: str, activation: str) -> None:
    spec = cases.make_spec(task)
    rows = cases.make_rows(spec)
    keras.utils.set_random_seed(0)
    outputs = make_outputs(spec)
    model = build_linear(make_inputs(spec), outputs, output_activation=activation)
    ends = outputs_of(model, outputs)
    try:
        loss = cases.build_choice(path)(ends)
    except ValueError as error:
        assert task == "regression", error
        assert "use train.loss=auto" in str(error)
        return
    assert isinstance(loss, keras.losses.Loss)
    assert all(isinstance(note, str) for note in check_loss(loss, ends))
    target = target_for(loss, rows.target, ends)
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss=loss, run_eagerly=True)
    first = model.evaluate(rows.inputs, target, verbose=0)
    model.fit(rows.inputs, target, epochs=5, batch_size=12, verbose=0)
    assert np.isfinite(first)
    if path.stem != "named" or task == "regression":  # its default, a percentage, is for regressions
        assert model.evaluate(rows.inputs, target, verbose=0) < first


@every_choice
def test_yaml_lists_every_keyword_with_its_default(path: Path) -> None:
    choice = cases.read_choice(path)
    keywords = {name: value for name, value in choice.items() if not name.startswith("_")}
    expected = cases.keyword_defaults(cases.find_target(choice))
    if path.stem == "named":  # a name there must be; none is the best
        expected = {"name": keywords["name"], "arguments": {}}
    assert keywords == expected
    assert choice["_partial_"] is True
    assert path.read_text(encoding="utf-8").startswith("# ")


@every_choice
def test_settings_accept_the_yaml(path: Path) -> None:
    choice = cases.read_choice(path)
    assert LOSSES[choice["_target_"]].model_validate(choice).model_dump(by_alias=True) == choice
