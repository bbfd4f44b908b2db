"""Metrics by name against scikit-learn, over probabilities and over logits."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from stages.models.interface import Kind, Outputs
from stages.training.metrics import make_metrics

SIGMOID = Outputs("binary", 1, "sigmoid", 2)
LOGIT = Outputs("binary", 1, "linear", 2)
SOFTMAX = Outputs("multiclass", 3, "softmax", 3)
VALUE = Outputs("regression", 1, "linear", 0)

GENERATOR = np.random.default_rng(0)
TRUE = GENERATOR.integers(0, 2, 40)
LOGITS = GENERATOR.normal(size=40) + TRUE
SHARES = 1 / (1 + np.exp(-LOGITS))


def value(name: str, outputs: Outputs, kind: Kind, true: np.ndarray, answer: np.ndarray) -> float:
    (metric,) = make_metrics([name], outputs=outputs, kind=kind, class_ids=False)
    metric.update_state(true.astype("float32"), answer.astype("float32"))
    return float(metric.result())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", reference.accuracy_score(TRUE, SHARES > 0.5)),
        ("Precision", reference.precision_score(TRUE, SHARES > 0.5)),
        ("recall", reference.recall_score(TRUE, SHARES > 0.5)),
        ("F1Score", reference.f1_score(TRUE, SHARES > 0.5)),
        ("binary_crossentropy", reference.log_loss(TRUE, SHARES)),
    ],
)
def test_binary_metrics(name: str, expected: float) -> None:
    assert value(name, SIGMOID, "probabilities", TRUE[:, None], SHARES[:, None]) == pytest.approx(
        expected, rel=1e-5
    )


def test_areas_under_the_curves() -> None:
    # Keras interpolates over 200 thresholds
    roc = reference.roc_auc_score(TRUE, SHARES)
    precision_recall = reference.average_precision_score(TRUE, SHARES)
    for kind, outputs, answer in (("probabilities", SIGMOID, SHARES), ("logits", LOGIT, LOGITS)):
        assert value("AUC", outputs, kind, TRUE[:, None], answer[:, None]) == pytest.approx(roc, abs=0.01)
        area = value("pr_auc", outputs, kind, TRUE[:, None], answer[:, None])
        assert area == pytest.approx(precision_recall, abs=0.03)


def test_accuracy_of_logits_has_its_threshold_at_zero() -> None:
    expected = reference.accuracy_score(TRUE, LOGITS > 0)
    assert value("accuracy", LOGIT, "logits", TRUE[:, None], LOGITS[:, None]) == pytest.approx(expected)


def test_thresholds_cannot_be_laid_over_logits() -> None:
    with pytest.raises(ValueError, match=r"Precision, which needs probabilities.*output_activation=auto"):
        make_metrics(["Precision"], outputs=LOGIT, kind="logits", class_ids=False)


def test_multiclass_metrics() -> None:
    true = GENERATOR.integers(0, 3, 30)
    answer = GENERATOR.dirichlet([1, 1, 1], 30)
    one_hot = np.eye(3)[true]
    found = value("accuracy", SOFTMAX, "probabilities", one_hot, answer)
    assert found == pytest.approx(reference.accuracy_score(true, answer.argmax(1)))
    found = value("f1_score", SOFTMAX, "probabilities", one_hot, answer)
    assert found == pytest.approx(reference.f1_score(true, answer.argmax(1), average="macro"), rel=1e-5)
    (metric,) = make_metrics("auto", outputs=SOFTMAX, kind="probabilities", class_ids=True)
    metric.update_state(true, answer)
    assert float(metric.result()) == pytest.approx(reference.accuracy_score(true, answer.argmax(1)))


def test_regression_metrics() -> None:
    true, answer = LOGITS[:, None], SHARES[:, None]
    names = ["mean_absolute_error", "rmse", "R2Score", "mse"]
    expected = [
        reference.mean_absolute_error(true, answer),
        reference.root_mean_squared_error(true, answer),
        reference.r2_score(true, answer),
        reference.mean_squared_error(true, answer),
    ]
    for name, number in zip(names, expected, strict=True):
        assert value(name, VALUE, "value", true, answer) == pytest.approx(number, rel=1e-4)


def test_auto_and_names_in_the_history() -> None:
    def names(wanted: object, outputs: Outputs) -> list[str]:
        return [
            each.name for each in make_metrics(wanted, outputs=outputs, kind="probabilities", class_ids=False)
        ]

    assert names("auto", SIGMOID) == ["accuracy", "auc"]
    assert names("auto", SOFTMAX) == ["accuracy"]
    assert names("auto", VALUE) == ["mean_absolute_error", "root_mean_squared_error"]
    assert names(["AUC", "F1Score", "TruePositives"], SIGMOID) == ["auc", "f1_score", "true_positives"]
    assert names([], SIGMOID) == []


@pytest.mark.parametrize(
    ("name", "outputs", "class_ids", "message"),
    [
        ("precison", SIGMOID, False, r"no metric of Keras\. Did you mean precision\?"),
        ("accuracy", VALUE, False, "task is a regression"),
        ("MeanIoU", SOFTMAX, False, "cannot be made by its name alone"),
        ("AUC", SOFTMAX, True, r"compares class ids.*train\.loss=auto"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    name: str, outputs: Outputs, class_ids: bool, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make_metrics([name], outputs=outputs, kind="probabilities", class_ids=class_ids)
