"""The losses' values against their formulas, and which networks they can train."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from pydantic import ValidationError
from scipy.special import expit, softmax
from sklearn.metrics import log_loss

from stages.losses.automatic import build_auto
from stages.losses.cross_entropy import build_cross_entropy
from stages.losses.errors import (
    build_huber,
    build_log_cosh,
    build_mean_absolute_error,
    build_mean_squared_error,
)
from stages.losses.fit import check_loss
from stages.losses.focal import build_focal
from stages.losses.kinds import wants_class_ids
from stages.losses.named import build_named, loss_class
from stages.losses.targets import target_for
from stages.models.interface import Outputs
from stages.settings.loss import LOSSES

BINARY = Outputs("binary", 1, "sigmoid", 2)
BINARY_LOGITS = Outputs("binary", 1, "linear", 2)
TWO = Outputs("binary", 2, "softmax", 2)
MANY = Outputs("multiclass", 3, "softmax", 3)
MANY_LOGITS = Outputs("multiclass", 3, "linear", 3)
MANY_SIGMOIDS = Outputs("multiclass", 3, "sigmoid", 3)
REGRESSION = Outputs("regression", 1, "linear", 0)

IDS = np.array([0, 1, 2, 1])
LOGITS = np.array([[1.0, 0.5, -1.0], [0.0, 2.0, 0.0], [3.0, -1.0, 0.5], [0.1, 0.2, 0.3]], np.float32)


def value(loss, target, answers, outputs) -> float:
    return float(loss(target_for(loss, target, outputs), answers))


def test_cross_entropy_is_that_of_sklearn() -> None:
    expected = log_loss(IDS, softmax(LOGITS, axis=1))
    assert value(build_cross_entropy(MANY_LOGITS), IDS, LOGITS, MANY_LOGITS) == pytest.approx(
        expected, rel=1e-6
    )
    shares = softmax(LOGITS, axis=1)
    assert value(build_cross_entropy(MANY), IDS, shares, MANY) == pytest.approx(expected, rel=1e-6)
    assert value(build_auto(MANY), IDS, shares, MANY) == pytest.approx(expected, rel=1e-6)


def test_binary_cross_entropy_is_the_same_over_one_or_two_units() -> None:
    ids, logits = np.array([0, 1, 1, 0]), LOGITS[:, :1]
    expected = log_loss(ids, expit(logits[:, 0]))
    assert value(build_cross_entropy(BINARY_LOGITS), ids, logits, BINARY_LOGITS) == pytest.approx(expected)
    assert value(build_cross_entropy(BINARY), ids, expit(logits), BINARY) == pytest.approx(expected, rel=1e-5)
    both = np.hstack([1 - expit(logits), expit(logits)])
    assert value(build_cross_entropy(TWO), ids, both, TWO) == pytest.approx(expected, rel=1e-5)


def test_label_smoothing_spreads_its_share() -> None:
    smooth = np.eye(3)[IDS] * 0.9 + 0.1 / 3
    expected = -np.mean(np.sum(smooth * np.log(softmax(LOGITS, axis=1)), axis=1))
    loss = build_cross_entropy(MANY_LOGITS, label_smoothing=0.1)
    assert value(loss, IDS, LOGITS, MANY_LOGITS) == pytest.approx(expected, rel=1e-6)


def test_focal_loss_is_its_formula() -> None:
    p = softmax(LOGITS, axis=1)[np.arange(4), IDS]
    alpha = np.array([0.2, 0.5, 0.3])
    expected = np.mean(-alpha[IDS] * (1 - p) ** 2 * np.log(p))
    loss = build_focal(MANY_LOGITS, gamma=2.0, alpha=alpha.tolist())
    assert value(loss, IDS, LOGITS, MANY_LOGITS) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("outputs", [MANY, MANY_LOGITS, BINARY, BINARY_LOGITS, TWO])
def test_focal_loss_without_gamma_is_the_cross_entropy(outputs: Outputs) -> None:
    ids = IDS if outputs.num_classes == 3 else np.array([0, 1, 1, 0])
    answers = LOGITS[:, : outputs.units]
    if outputs.activation != "linear":
        answers = expit(answers) if outputs.units == 1 else softmax(answers, axis=1)
    expected = value(build_cross_entropy(outputs), ids, answers, outputs)
    assert value(build_focal(outputs, gamma=0.0), ids, answers, outputs) == pytest.approx(expected, rel=1e-4)


def test_alpha_is_the_weight_of_the_positive_class() -> None:
    ids, logits = np.array([0, 1, 1, 0]), LOGITS[:, :1]
    p = np.where(ids == 1, expit(logits[:, 0]), 1 - expit(logits[:, 0]))
    expected = np.mean(-np.where(ids == 1, 0.8, 0.2) * (1 - p) ** 2 * np.log(p))
    for alpha in (0.8, [0.2, 0.8]):
        loss = build_focal(BINARY_LOGITS, alpha=alpha)
        assert value(loss, ids, logits, BINARY_LOGITS) == pytest.approx(expected, rel=1e-4)
    both = np.hstack([1 - expit(logits), expit(logits)])
    assert value(build_focal(TWO, alpha=0.8), ids, both, TWO) == pytest.approx(expected, rel=1e-4)


def test_alpha_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"has 2 class weight\(s\), expected 3"):
        build_focal(MANY, alpha=0.25)
    with pytest.raises(ValueError, match="over sigmoid outputs the focal loss takes one number"):
        build_focal(BINARY, alpha=[1.0, 2.0])


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (build_mean_squared_error, (1 + 9) / 2),
        (build_auto, (1 + 9) / 2),
        (build_mean_absolute_error, (1 + 3) / 2),
        (lambda outputs: build_huber(outputs, delta=2.0), (0.5 * 1 + 2 * (3 - 1)) / 2),
        (build_log_cosh, (np.log(np.cosh(1)) + np.log(np.cosh(3))) / 2),
    ],
)
def test_errors_are_their_formulas(build, expected: float) -> None:
    answers = np.array([[2.0], [1.0]], np.float32)
    target = np.array([1.0, 4.0], np.float32)
    assert value(build(REGRESSION), target, answers, REGRESSION) == pytest.approx(expected, rel=1e-5)


SPARSE = keras.losses.SparseCategoricalCrossentropy()
SOFT = np.array([[0.25, 0.75], [1.0, 0.0]], np.float32)


@pytest.mark.parametrize(
    ("outputs", "target", "expected"),
    [
        (BINARY, np.array([0, 1]), [[0], [1]]),
        (BINARY, SOFT, [[0.75], [0]]),
        (TWO, np.array([0, 1]), [[1, 0], [0, 1]]),
        (TWO, SOFT, SOFT),
        (MANY, np.array([2, 0]), [[0, 0, 1], [1, 0, 0]]),
        (REGRESSION, np.array([1.5, -2.0], np.float32), [[1.5], [-2.0]]),
    ],
)
def test_targets(outputs: Outputs, target, expected) -> None:
    before = target.copy()
    received = target_for(build_auto(outputs), target, outputs)
    assert received.dtype == np.float32
    np.testing.assert_array_equal(received, expected)
    np.testing.assert_array_equal(target, before)


def test_class_ids_stay_ids_where_the_loss_wants_them() -> None:
    assert wants_class_ids(SPARSE)
    assert not wants_class_ids(build_auto(MANY))
    received = target_for(SPARSE, IDS, MANY)
    assert received.dtype == np.int64
    np.testing.assert_array_equal(received, IDS)
    with pytest.raises(
        ValueError, match=r"mixtures of classes \(augment=mixup\): use train.loss=cross_entropy"
    ):
        target_for(SPARSE, SOFT, TWO)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MeanSquaredLogarithmicError", keras.losses.MeanSquaredLogarithmicError),
        ("mean_squared_logarithmic_error", keras.losses.MeanSquaredLogarithmicError),
        ("msle", keras.losses.MeanSquaredLogarithmicError),
        ("mse", keras.losses.MeanSquaredError),
        ("kl_divergence", keras.losses.KLDivergence),
        ("poisson", keras.losses.Poisson),
    ],
)
def test_losses_by_name(name: str, kind: type) -> None:
    assert loss_class(name) is kind


def test_named_losses_fit_their_logits() -> None:
    assert build_named(MANY_LOGITS, name="SparseCategoricalCrossentropy").get_config()["from_logits"] is True
    assert build_named(MANY, name="SparseCategoricalCrossentropy").get_config()["from_logits"] is False
    loss = build_named(REGRESSION, name="Huber", arguments={"delta": 3.0})
    answers, target = np.array([[5.0]], np.float32), np.array([0.0], np.float32)
    assert value(loss, target, answers, REGRESSION) == pytest.approx(3.0 * (5.0 - 1.5))


@pytest.mark.parametrize(
    ("outputs", "name", "arguments", "message"),
    [
        (MANY, "CategoricalCrossEntropie", {}, "Did you mean CategoricalCrossentropy"),
        (REGRESSION, "Huber", {"alpha": 1}, "cannot be made .*It takes delta"),
        (
            REGRESSION,
            "BinaryCrossentropy",
            {},
            "task is a regression: use train.loss=auto, mean_squared_error",
        ),
        (REGRESSION, "hinge", {}, "task is a regression"),
        (BINARY, "CategoricalCrossentropy", {}, "the network ends in 1 unit: use train.loss=auto"),
        (BINARY, "SparseCategoricalCrossentropy", {}, "the network ends in 1 unit"),
        (MANY_LOGITS, "KLDivergence", {}, "the network ends in a linear layer"),
        (BINARY_LOGITS, "BinaryCrossentropy", {"from_logits": False}, "ends in a linear layer"),
        (MANY, "CTC", {}, "not for tables"),
    ],
)
def test_named_losses_that_cannot_work_are_refused(outputs, name, arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        build_named(outputs, name=name, arguments=arguments)


@pytest.mark.parametrize("build", [build_cross_entropy, build_focal])
def test_losses_on_classes_refuse_a_regression(build) -> None:
    with pytest.raises(ValueError, match="compares class probabilities, and the task is a regression"):
        build(REGRESSION)


@pytest.mark.parametrize(
    ("outputs", "name", "arguments", "note"),
    [
        (BINARY, "BinaryCrossentropy", {"from_logits": True}, "applies it again"),
        (MANY, "BinaryCrossentropy", {}, "looks at each class alone"),
        (MANY_SIGMOIDS, "CategoricalCrossentropy", {}, "expects shares that sum to 1"),
        (BINARY, "MeanSquaredError", {}, "is made for regressions"),
        (MANY, "Dice", {}, "compares whole batches"),
        (MANY, "CosineSimilarity", {}, "does not see how sure"),
        (REGRESSION, "Poisson", {}, "for targets from 0 on"),
    ],
)
def test_odd_pairs_are_noted(outputs, name, arguments, note) -> None:
    (received,) = check_loss(build_named(outputs, name=name, arguments=arguments), outputs)
    assert note in received


@pytest.mark.parametrize(
    "outputs", [BINARY, BINARY_LOGITS, TWO, MANY, MANY_LOGITS, MANY_SIGMOIDS, REGRESSION]
)
def test_the_automatic_loss_has_nothing_odd(outputs: Outputs) -> None:
    assert check_loss(build_auto(outputs), outputs) == []


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("cross_entropy.build_cross_entropy", {"label_smoothing": 1.0}),
        ("cross_entropy.build_cross_entropy", {"label_smoothing": "0.1"}),
        ("cross_entropy.build_cross_entropy", {"label_smothing": 0.1}),
        ("focal.build_focal", {"gamma": -1, "alpha": None, "label_smoothing": 0.0}),
        ("focal.build_focal", {"gamma": 2, "alpha": 1.0, "label_smoothing": 0.0}),
        ("focal.build_focal", {"gamma": 2, "alpha": [1.0], "label_smoothing": 0.0}),
        ("errors.build_huber", {"delta": 0}),
        ("named.build_named", {"name": "", "arguments": {}}),
    ],
)
def test_values_out_of_range_are_refused(name: str, changed: dict) -> None:
    target = f"stages.losses.{name}"
    with pytest.raises(ValidationError):
        LOSSES[target].model_validate({"_target_": target, "_partial_": True} | changed)
