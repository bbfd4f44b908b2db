"""What is drawn is what the table says."""

from __future__ import annotations

from html import escape
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from stages.figures.calibration import calibration
from stages.figures.class_curves import NAMED
from stages.figures.comparison import comparison
from stages.figures.confusion_matrix import OTHER, confused, confusion_matrix
from stages.figures.importances import importances
from stages.figures.learning_curves import learning_curves
from stages.figures.precision_recall import precision_recall
from stages.figures.prediction_against_truth import prediction_against_truth
from stages.figures.residuals import residuals
from stages.figures.roc import roc
from stages.figures.scatter import MOST_POINTS
from stages.figures.slices import slices
from stages.figures.style import BLUE, GRID, MUTED, PAPER
from stages.figures.threshold_curve import threshold_curve
from stages.figures.vector import svg

HISTORY = pd.DataFrame(
    {"epoch": [1, 2, 3], "loss": [3.0, 2.0, 1.0], "val_loss": [3.5, 2.5, 2.75]}
    | {"auc": [0.5, 0.6, 0.7], "val_auc": [0.4, 0.6, 0.5], "learning_rate": 0.1}
)


def lines(axes):
    """The data of each line by its label."""
    return {line.get_label(): line.get_xydata().tolist() for line in axes.lines}


def texts(axes):
    return [text.get_text() for text in axes.texts]


def colour(line):
    return to_hex(line.get_color())


def test_learning_curves_hold_the_history_and_mark_the_best_epoch():
    loss, auc = learning_curves(HISTORY, best_epoch=2).axes
    assert lines(loss)["training"] == [[1, 3], [2, 2], [3, 1]]
    assert lines(loss)["validation"] == [[1, 3.5], [2, 2.5], [3, 2.75]]
    assert lines(loss)["best epoch (2)"] == [[2, 2.5]]
    assert lines(auc)["best epoch (2)"] == [[2, 0.6]]
    assert (loss.get_ylabel(), auc.get_ylabel()) == ("loss", "auc")


def test_learning_curves_without_validation_or_best_epoch():
    figure = learning_curves(HISTORY[["epoch", "loss"]], best_epoch=0)
    assert list(lines(figure.axes[0])) == ["training"]
    assert len(figure.axes) == 1


def test_learning_curves_of_one_epoch_are_points():
    (axes, _) = learning_curves(HISTORY.head(1), best_epoch=1).axes
    assert axes.lines[0].get_marker() == "o"


def test_learning_curves_of_a_diverged_run():
    history = HISTORY.assign(val_loss=np.nan, val_auc=np.nan)
    axes = learning_curves(history, best_epoch=1).axes[0]
    assert not [label for label in lines(axes) if label.startswith("best")]


def pairs(counts, names):
    rows = [(names[i], names[j], counts[i][j]) for i in range(len(names)) for j in range(len(names))]
    return pd.DataFrame(rows, columns=["actual", "predicted", "rows"])


def test_confusion_matrix_has_counts_and_shares_of_the_true_class():
    (axes,) = confusion_matrix(pairs([[8, 2], [1, 1233]], ["no", "yes"])).axes
    assert texts(axes) == ["8", "80.0%", "2", "20.0%", "1", "0.1%", "1,233", "99.9%"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["no", "yes"]
    shades = [patch.get_alpha() for patch in axes.patches]
    assert shades == pytest.approx([0.72, 0.18, 0.9 / 1234, 0.9 * 1233 / 1234])
    assert [to_hex(text.get_color()) == PAPER for text in axes.texts] == [True] * 2 + [False] * 4 + [True] * 2


def test_confusion_matrix_of_a_class_without_rows():
    (axes,) = confusion_matrix(pairs([[0, 0], [1, 3]], ["no", "yes"])).axes
    assert texts(axes)[:4] == ["0", "0.0%", "0", "0.0%"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["$x_1$", "$", "a < b & c", "no\nline", "\u597d", "\U0001f600", "%d", ""])
def test_any_name_can_be_drawn(name):
    text = svg(confusion_matrix(pairs([[1, 0], [0, 1]], [name, "other"])), name="confusion")
    shown = escape(" ".join(name.split()))
    assert f">{shown}</text>" in text if shown else ElementTree.fromstring(text) is not None  # noqa: S314


def test_confusion_matrix_of_many_classes_keeps_the_most_confused():
    names = [f"class {number}" for number in range(30)]
    counts = 10 * np.eye(30, dtype=int)
    counts[20, 21] = counts[5, 29] = 7
    shown = confused(pairs(counts, names), limit=5)
    assert list(shown.index) == ["class 5", "class 20", "class 21", "class 29", OTHER]
    assert shown.to_numpy().sum() == counts.sum()
    assert shown.loc["class 20", "class 21"] == 7
    assert shown.loc[OTHER, OTHER] == 260
    (axes,) = confusion_matrix(pairs(counts, names)).axes
    assert len(axes.get_xticks()) == 20


CURVE = {"x": [0.0, 0.2, 1.0], "y": [0.0, 0.9, 1.0], "threshold": [np.nan, 0.6, 0.1]}


def curve_table(names, x, y):
    curves = [
        pd.DataFrame(CURVE).rename(columns={"x": x, "y": y}).assign(**{"class": each}) for each in names
    ]
    return pd.concat(curves, ignore_index=True)


@pytest.mark.parametrize(
    ("draw", "x", "y"),
    [(roc, "false_positive_rate", "true_positive_rate"), (precision_recall, "recall", "precision")],
)
class TestClassCurves:
    def test_holds_the_points_and_marks_the_threshold(self, draw, x, y):
        (axes,) = draw(curve_table(["yes"], x, y), areas={"yes": 0.87654}, threshold=0.5).axes
        assert lines(axes)["yes: area 0.8765"] == [[0, 0], [0.2, 0.9], [1, 1]]
        assert lines(axes)["threshold 0.5"] == [[0.2, 0.9]]

    def test_names_the_worst_of_many(self, draw, x, y):
        names = [f"class {number}" for number in range(9)]
        areas = {name: 0.9 - 0.01 * place for place, name in enumerate(names)} | {"class 8": None}
        (axes,) = draw(curve_table(names, x, y), areas=areas, threshold=None).axes
        shown = [label for label in lines(axes) if label.startswith("class")]
        assert shown == [f"class {k}: area {0.9 - 0.01 * k:.4g}" for k in range(8 - NAMED, 8)]
        assert sum(colour(line) == GRID and len(line.get_xdata()) > 0 for line in axes.lines) == 5

    def test_a_name_may_begin_with_an_underscore(self, draw, x, y):
        areas = {"_low": 0.5, "high": 0.75}
        (axes,) = draw(curve_table(list(areas), x, y), areas=areas, threshold=0.5).axes
        shown = [text.get_text() for text in axes.get_legend().get_texts()]
        assert shown[-3:] == ["_low: area 0.5", "high: area 0.75", "threshold 0.5"]
        assert not any(each.startswith("_child") for each in shown)

    def test_without_rows(self, draw, x, y):
        (axes,) = draw(curve_table(["yes"], x, y).head(0), areas={}, threshold=0.5).axes
        assert not any("threshold" in label for label in lines(axes))


def test_calibration_has_the_points_and_their_counts():
    table = pd.DataFrame({"predicted": [0.1, 0.9], "observed": [0.2, 0.8], "rows": [30.0, 10.0]})
    axes, counts = calibration(table).axes
    assert lines(axes)["network"] == [[0.1, 0.2], [0.9, 0.8]]
    bars = [path.vertices.tolist() for path in counts.collections[0].get_paths()]
    assert bars == [[[0.1, 0], [0.1, 30]], [[0.9, 0], [0.9, 10]]]


THRESHOLDS = pd.DataFrame(
    {"threshold": [0.2, 0.7], "precision": [0.3, 0.9], "recall": [0.8, 0.1], "f1": [0.4, 0.2]}
)


def test_threshold_curve_marks_the_chosen_one():
    (axes,) = threshold_curve(THRESHOLDS, threshold=0.25).axes
    assert lines(axes)["F1"] == [[0.2, 0.4], [0.7, 0.2]]
    assert axes.lines[-1].get_xdata() == [0.25, 0.25]
    assert axes.get_title(loc="left") == "Decision threshold: 0.25"


def test_threshold_curve_with_costs():
    _, cost = threshold_curve(THRESHOLDS.assign(cost=[5.0, 3.0]), threshold=0.7).axes
    assert cost.lines[0].get_xydata().tolist() == [[0.2, 5], [0.7, 3]]
    assert len(threshold_curve(THRESHOLDS.assign(cost=np.nan), threshold=0.7).axes) == 1


VALUES = pd.DataFrame({"target": [1.0, 3.0], "prediction": [2.0, 2.5], "residual": [-1.0, 0.5]})


def test_residuals_against_predictions():
    (axes,) = residuals(VALUES).axes
    assert axes.lines[1].get_xydata().tolist() == [[2, -1], [2.5, 0.5]]


def test_predictions_against_truth_and_the_line_where_they_are_equal():
    (axes,) = prediction_against_truth(VALUES).axes
    assert axes.lines[0].get_xydata().tolist() == [[1, 1], [3, 3]]
    assert axes.lines[1].get_xydata().tolist() == [[1, 2], [3, 2.5]]


def test_many_points_are_thinned_and_the_ends_kept():
    many = pd.DataFrame({"prediction": np.arange(5000.0), "residual": 0.0})
    drawn = residuals(many).axes[0].lines[1].get_xdata()
    assert len(drawn) == MOST_POINTS
    assert (drawn[0], drawn[-1]) == (0, 4999)


def forest_of(axes):
    """Values and intervals from top to bottom, as drawn."""
    intervals = [path.vertices[:, 0].tolist() for path in axes.collections[0].get_paths()]
    return axes.collections[1].get_offsets()[:, 0].tolist(), intervals


def test_importances_are_sorted_and_grey_where_they_may_be_nothing():
    table = pd.DataFrame(
        {"column": ["a", "b", "c"], "metric": "log_loss", "importance": [0.1, 0.5, 0.2]}
        | {"low": [-0.1, 0.4, 0.1], "high": [0.3, 0.6, 0.3]}
    )
    (axes,) = importances(table).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "c", "a"]
    values, intervals = forest_of(axes)
    assert values == [0.5, 0.2, 0.1]
    assert intervals == [[0.4, 0.6], [0.1, 0.3], [-0.1, 0.3]]
    assert [to_hex(each) for each in axes.collections[1].get_facecolor()] == [BLUE, BLUE, MUTED]
    assert axes.get_ylim() == (2.5, -0.5)  # the first on top


def test_only_the_most_important_are_drawn():
    table = pd.DataFrame({"column": [f"c{k}" for k in range(40)], "metric": "r2", "importance": range(40)})
    (axes,) = importances(table.assign(low=0.0, high=1.0)).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == [f"c{k}" for k in range(39, 24, -1)]


def test_comparison_has_a_plot_a_metric_and_a_line_a_model():
    rows = [("rmse", "network", 2.0, 1.0, 3.0), ("rmse", "gradient_boosting", 1.5, np.nan, np.nan)]
    rows += [("r2", "network", 0.5, 0.4, 0.6), ("r2", "gradient_boosting", 0.6, 0.5, 0.7)]
    table = pd.DataFrame(rows, columns=["metric", "model", "value", "low", "high"])
    rmse, r2 = comparison(table).axes
    assert [axes.get_title(loc="left") for axes in (rmse, r2)] == ["rmse", "r2"]
    assert [label.get_text() for label in r2.get_yticklabels()] == ["network", "gradient boosting"]
    assert forest_of(rmse)[0] == [2.0, 1.5]
    assert forest_of(r2) == ([0.5, 0.6], [[0.4, 0.6], [0.5, 0.7]])


def test_slices_keep_their_order_and_show_the_whole():
    table = pd.DataFrame(
        {"column": ["age", "job"], "slice": ["(10, 20]", "missing"], "value": [0.5, 0.7]}
        | {"rows": [40, 50], "low": [0.4, 0.6], "high": [0.6, 0.8]}
    )
    (axes,) = slices(table, overall=0.75, metric="accuracy").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["age: (10, 20]", "job: missing"]
    assert axes.lines[0].get_xdata() == [0.75, 0.75]
