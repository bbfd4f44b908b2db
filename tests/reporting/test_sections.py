"""What the sections say is what the files say."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from report_cases import EVIL, OVERRIDES, make_contents

from stages.reporting.blocks import Sides, Table
from stages.reporting.ranking import ranked_slices
from stages.reporting.sections.classes import MOST, classes
from stages.reporting.sections.columns import columns
from stages.reporting.sections.data import data
from stages.reporting.sections.decision import decision
from stages.reporting.sections.mistakes import MOST_COLUMNS, mistakes
from stages.reporting.sections.notes import notes
from stages.reporting.sections.reproduction import commands, reproduction
from stages.reporting.sections.results import results
from stages.reporting.sections.slices import slices
from stages.reporting.sections.training import training
from stages.reporting.verdict import verdict


def flat(section):
    """All blocks of a section, those side by side too."""
    for block in section.blocks:
        yield from (*block.left, *block.right) if isinstance(block, Sides) else (block,)


def grid(section, caption):
    """Head and rows of the table called `caption`, each cell with what stands below it."""
    (found,) = [each for each in flat(section) if isinstance(each, Table) and each.caption == caption]
    rows = [[" ".join(filter(None, (cell.text, cell.below))) for cell in row] for row in found.rows]
    return [column.name for column in found.columns], rows


def note(section, caption):
    (found,) = [each for each in flat(section) if isinstance(each, Table) and each.caption == caption]
    return found.note


def texts(section):
    return " ".join(each.text for each in flat(section) if hasattr(each, "text"))


def facts(section):
    (found,) = [each for each in flat(section) if hasattr(each, "pairs")]
    return dict(found.pairs)


def changed(contents, **documents):
    """Contents with entries of documents replaced."""
    new = {name: dict(contents.documents[name]) | entries for name, entries in documents.items()}
    return replace(contents, documents=dict(contents.documents) | new)


class TestVerdict:
    def test_names_the_metric_its_interval_and_each_baseline(self, report):
        assert verdict(report("binary").contents) == (
            "Accuracy 0.782 [0.755, 0.810] on 200 test rows; not distinguishable from gradient boosting; "
            "better than constant (by 0.0782) and linear (by 0.0782)."
        )

    def test_of_an_error_the_size_of_the_difference_counts(self, report):
        assert verdict(report("regression").contents) == (
            "RMSE 30,717 [29,642, 31,792] on 200 test rows; not distinguishable from gradient boosting; "
            "better than constant (by 3,072) and linear (by 3,072)."
        )

    def test_the_bad_news_come_first(self, tmp_path):
        contents = make_contents(tmp_path, "binary", baselines=("constant", "linear"))
        test = contents.documents["comparison"]["test"]
        test["baselines"]["linear"]["differences"]["accuracy"]["verdict"] = "worse"
        assert "; worse than linear (by 0.0782); better than constant (by 0.0782)." in verdict(contents)

    def test_is_of_the_mean_cost_where_costs_decide(self, tmp_path):
        contents = make_contents(tmp_path, "binary")
        contents.documents["metrics"]["test"]["mean_cost"] = 0.5
        for baseline in contents.comparison()["baselines"].values():
            gap = {"difference": -0.25, "low": -0.3, "high": -0.2, "verdict": "better"}
            baseline["differences"]["mean_cost"] = gap
        assert verdict(contents).startswith("Mean cost 0.5 on 200 test rows; better than ")

    def test_without_intervals_there_is_no_verdict_on_a_baseline(self, tmp_path):
        contents = make_contents(tmp_path, "binary", baselines=("constant",))
        difference = contents.documents["comparison"]["test"]["baselines"]["constant"]["differences"]
        difference["accuracy"] |= {"low": None, "high": None, "verdict": None}
        assert verdict(contents) == "Accuracy 0.782 [0.755, 0.810] on 200 test rows."
        _, rows = grid(results(contents, {}), "Network minus baseline: accuracy")
        assert rows == [["constant", " -", "0.07821"]]


def test_metrics_beside_the_baselines(report):
    head, rows = grid(results(report("multiclass").contents, {}), "Main metrics, test part")
    assert head == ["metric", "network", "constant", "linear", "gradient boosting"]
    assert rows[0][:3] == ["accuracy", "0.782 [0.755, 0.810]", "0.704 [0.669, 0.739]"]
    assert [row[0] for row in rows] == ["accuracy", "balanced accuracy", "F1, mean of classes", "log loss"]


def test_differences_with_their_verdicts(report):
    head, rows = grid(results(report("binary").contents, {}), "Network minus baseline: accuracy")
    assert head == ["against", "the network is", "difference"]
    assert rows[0] == ["constant", "▲ better", "0.0782 [0.0704, 0.0860]"]
    assert rows[2][1] == "≈ not distinguishable"


def test_all_metrics_of_both_parts(report):
    _, rows = grid(results(report("regression").contents, {}), "All metrics, test and validation")
    assert ["R²", "0.874 [0.844, 0.905]", "0.874 [0.844, 0.905]"] in rows
    assert rows[-1] == ["rows", "200", "200"]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (
            {},
            "stopped after 5 epochs, val_loss having improved no more. The best epoch by val_loss was 3; its",
        ),
        (
            {"stopped_early": False, "best_epoch": 5, "kept_epoch": 5},
            "ran all 5 epochs. The best epoch by val_loss",
        ),
        (
            {"stopped_early": False, "best_epoch": 5, "kept_epoch": 5},
            "The best epoch is the last one: more epochs",
        ),
        ({"kept_epoch": 5}, "was 3; those of epoch 5 were kept"),
        ({"diverged_epoch": 2, "best_epoch": 0}, "Training diverged in epoch 2."),
    ],
)
def test_how_training_went(report, entries, said):
    contents = changed(report("binary").contents, training=entries)
    assert said in texts(training(contents, {}))


def test_class_weights_where_they_differ(report):
    contents = report("binary").contents
    weights = {f"class {number}": 1.0 + number for number in range(8)}
    weighted = facts(training(changed(contents, training={"class_weights": weights}), {}))
    assert weighted["class weights"].endswith("class 5 6, and 2 more")
    equal = changed(contents, training={"class_weights": {"a": 1.0, "b": 1.0}})
    assert "class weights" not in facts(training(equal, {}))


def test_each_class_with_its_interval(report):
    head, rows = grid(classes(report("binary").contents, {}), "Each class, test part")
    assert head == ["class", "precision", "recall", "F1", "ROC-AUC", "PR-AUC", "rows"]
    assert rows[0] == ["good", "0.700 [0.600, 0.800]", "0.6", "0.65", "0.8", "-", "100"]


def test_of_many_classes_the_worst(tmp_path):
    contents = make_contents(tmp_path, "multiclass", classes=[f"class {number}" for number in range(40)])
    section = classes(contents, {})
    _, rows = grid(section, "Each class, test part")
    assert [row[0] for row in rows] == [f"class {number}" for number in range(MOST)]
    assert note(section, "Each class, test part").startswith("30 of 40 classes, the worst by F1;")


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({}, "“bad” is predicted where its probability is at least 0.31: chosen on the validation part by"),
        ({}, "by the rule best f1 (evaluate.threshold)"),
        ({"threshold_rule": "fixed"}, "a fixed threshold, given in the configuration"),
        ({}, "calibrated with temperature 1.5, fitted on the validation part: they are softer than"),
        ({"temperature": 0.5}, "sharper than the network's own"),
        ({"calibration": "none"}, "not calibrated"),
    ],
)  # fmt: skip
def test_how_decisions_are_made(report, entries, said):
    assert said in texts(decision(changed(report("binary").contents, decision=entries), {}))


def test_costs_that_decide(report):
    contents = changed(report("multiclass").contents, decision={"costs": [[0, 1, 2], [5, 0, 1], [1, 1, 0]]})
    section = decision(contents, {})
    assert "least expected cost" in texts(section)
    _, rows = grid(section, "What a decision costs")
    assert rows[1] == ["b", "5", "0", "1"]


def test_the_worst_slice_comes_first_and_small_ones_are_flagged(report):
    _, rows = grid(slices(report("binary").contents, {}), "Each slice")
    assert [row[:2] for row in rows] == [["size", "(10, 20]"], [EVIL, EVIL], ["size", "missing"]]
    assert [row[3] for row in rows] == ["90", "98", "12 few rows"]
    assert rows[0][2] == "0.626 [0.547, 0.704]"


def test_of_errors_the_largest_is_the_worst():
    rows = [("a", "unsure", 50, "rmse", 7.0, 2.0, 20.0), ("a", "surely", 50, "rmse", 6.0, 5.0, 7.0)]
    table = pd.DataFrame(rows, columns=["column", "slice", "rows", "metric", "value", "low", "high"])
    assert ranked_slices(table, metric="rmse")["slice"].tolist() == ["surely", "unsure"]
    without = table.assign(low=float("nan"), high=float("nan"))
    assert ranked_slices(without, metric="rmse")["slice"].tolist() == ["unsure", "surely"]


class TestMistakes:
    CAPTION = "Test part, the most wrong first"

    def test_shows_the_most_important_columns(self, tmp_path):
        contents = make_contents(tmp_path, "binary", columns=20)
        section = mistakes(contents, {})
        head, rows = grid(section, self.CAPTION)
        assert head[:5] == ["example_id", "target", "prediction", "loss", "size"]
        assert len(head) == 4 + MOST_COLUMNS
        assert len(rows) == 15
        assert note(section, self.CAPTION).startswith("15 of 20 rows;")
        assert "12 of 20 columns, the most important;" in note(section, self.CAPTION)

    def test_raw_cells_stay_as_they_are(self, tmp_path):
        contents = make_contents(tmp_path, "binary")
        worst = pd.DataFrame(
            {"example_id": ["a:1"], "target": ["1.50"], "prediction": ["2"], "loss": ["12.3456789"]}
            | {"size": ["1995.0"], EVIL: ["00123"], "column 3": ["0.1234567890123"], "column 4": ["x" * 60]}
        )
        _, rows = grid(
            mistakes(replace(contents, tables={**contents.tables, "worst": worst}), {}), self.CAPTION
        )
        assert rows[0][:7] == ["a:1", "1.50", "2", "12.35", "1995", "00123", "0.123457"]
        assert len(rows[0][7]) == 40

    def test_the_values_of_a_regression_are_numbers_of_ours(self, tmp_path):
        contents = make_contents(tmp_path, "regression")
        worst = pd.DataFrame(
            {"example_id": ["a:1"], "target": ["180921.56"], "prediction": ["12.34567"], "loss": ["1"]}
        )
        _, rows = grid(
            mistakes(replace(contents, tables={**contents.tables, "worst": worst}), {}), self.CAPTION
        )
        assert rows[0] == ["a:1", "180,922", "12.35", "1"]


def test_importances_with_intervals(report):
    head, rows = grid(columns(report("binary").contents, {}), "Importance by column")
    assert head == ["column", "accuracy worse by"]
    assert rows[0] == ["size", "0.0500 [0.0160, 0.0800]"]


def test_what_was_cleaned_counts_the_lines_left_out(report):
    _, rows = grid(data(report("binary").contents, {}), "What was cleaned")
    assert rows == [
        ["cell to missing", "marker of a missing value", "1,241", "1"],
        ["row excluded from training", "equal rows", "1", ""],
    ]


def test_parts_with_the_share_of_each_class(report):
    _, rows = grid(data(report("binary").contents, {}), "Parts")
    assert rows == [
        ["rows", "600", "200", "200"],
        ["“good”", "300 50.0%", "100 50.0%", "100 50.0%"],
        ["“bad”", "300 50.0%", "100 50.0%", "100 50.0%"],
    ]
    _, rows = grid(data(report("regression").contents, {}), "Parts")
    assert rows[1] == ["mean of the target", "180,689", "180,689", "180,689"]


def test_facts_on_the_data(report):
    found = facts(data(report("binary").contents, {}))
    assert found["files"] == "rows.csv (SHA-256 abababababab…)"
    assert found["dropped columns"] == "empty (no value in train)"


def test_long_tables_say_how_much_they_leave_out(tmp_path):
    contents = make_contents(tmp_path, "binary", columns=60)
    assert note(data(contents, {}), "Columns of the raw table").startswith("40 of 60 columns;")
    assert note(columns(contents, {}), "Importance by column").startswith("15 of 60 columns;")


def test_the_commands_are_fit_to_paste(report):
    contents = report("binary").contents
    assert commands(contents) == (
        "git checkout c0ffee\n"
        "upcurve run --once \\\n    encode.imputer=knn \\\n    'train.dropout=[0.1, 0.2]'"
    )
    _, rows = grid(reproduction(contents, {}), "What differs from the defaults")
    assert rows == [list(override.split("=", 1)) for override in OVERRIDES]


def test_changes_that_are_not_committed_are_told(report):
    contents = report("binary").contents
    assert "not in this commit" not in texts(reproduction(contents, {}))
    dirty = replace(contents, record=dict(contents.record) | {"changed": True})
    assert "changes that are not in this commit" in texts(reproduction(dirty, {}))


def test_notes_by_stage(report):
    found = {block.heading: block.points for block in notes(report("binary").contents, {}).blocks}
    assert found == {"clean": (f"a note on {EVIL}",), "train": ("training noted this",)}
