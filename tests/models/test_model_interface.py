"""What a model builder is given."""

from __future__ import annotations

import model_cases as cases
import numpy as np
import pytest

from stages.examples.encoded import Spec
from stages.models.interface import make_inputs, make_outputs
from stages.models.prior import class_prior, prior_bias


def test_inputs_have_the_names_shapes_and_dtypes_of_the_spec() -> None:
    inputs = make_inputs(cases.make_spec("binary", "both"))
    assert {name: (tuple(t.shape), t.dtype, t.name) for name, t in inputs.tensors.items()} == {
        "numeric": ((None, 3), "float32", "numeric"),
        "categories": ((None, 2), "int32", "categories"),
    }


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("binary", (1, "sigmoid", 2)),
        ("multiclass", (3, "softmax", 3)),
        ("regression", (1, "linear", 0)),
    ],
)
def test_outputs_fit_the_task(task: str, expected: tuple[int, str, int]) -> None:
    outputs = make_outputs(cases.make_spec(task))
    assert (outputs.units, outputs.activation, outputs.num_classes) == expected
    assert outputs.bias is None


def test_a_class_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 classes, received 1: a"):
        make_outputs(Spec(task="multiclass", classes=("a",), inputs=()))
    with pytest.raises(ValueError, match="exactly 2 classes, received 3"):
        make_outputs(Spec(task="binary", classes=("a", "b", "c"), inputs=()))


def test_a_bias_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"needs 3 value\(s\), one a unit, received 1"):
        make_outputs(cases.make_spec("multiclass"), [0.5])


def test_prior_counts_weights_and_soft_labels() -> None:
    ids, weight = np.array([0, 1, 1]), np.array([2.0, 1.0, 1.0])
    np.testing.assert_allclose(class_prior(ids, num_classes=2), [1 / 3, 2 / 3])
    np.testing.assert_allclose(class_prior(ids, num_classes=2, weight=weight), [0.5, 0.5])
    soft = np.array([[0.5, 0.5], [0.0, 1.0]], np.float32)
    np.testing.assert_allclose(class_prior(soft, num_classes=2), [0.25, 0.75])


def test_a_class_never_seen_has_a_finite_bias() -> None:
    bias = prior_bias(np.array([0, 0, 0]), task="binary", num_classes=2)
    assert bias == pytest.approx((np.log(0.5 / 3),))


def test_bias_of_each_task() -> None:
    ids = np.array([0, 0, 0, 1])
    assert prior_bias(ids, task="binary", num_classes=2) == pytest.approx((np.log(1 / 3),))
    assert prior_bias(ids, task="multiclass", num_classes=2) == pytest.approx((np.log(0.75), np.log(0.25)))
    values, weight = np.array([1, 3], np.float32), np.array([3.0, 1.0])
    assert prior_bias(values, task="regression", num_classes=0, weight=weight) == (1.5,)
