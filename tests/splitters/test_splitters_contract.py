"""Every strategy: its file, its types, and what all splitters promise."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest
from split_examples import (
    CONF,
    SCHEMA,
    STRATEGIES,
    content,
    full,
    moved,
    strategy,
    target_of,
    with_units,
    without_groups,
)

from stages.settings.split import STRATEGIES as TYPES
from stages.split import split
from stages.splitters.sizes import Sizes

SIZES = Sizes(0.2, 0.2)
NEEDS_GROUPS = ("grouped", "grouped_stratified")


def table_for(name: str) -> pd.DataFrame:
    # Groups at random moments (or given parts) would all lie in two parts.
    return without_groups(full()) if name in ("by_time", "predefined") else full()


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_file_lists_every_keyword_and_is_typed(name: str) -> None:
    values = content(name)
    keywords = set(values) - {"_target_"}
    assert keywords == set(inspect.signature(target_of(values)).parameters)
    assert TYPES[values["_target_"]].model_validate(values).keywords().keys() == keywords
    assert (CONF / f"{name}.yaml").read_text().startswith("# ")


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_row_gets_a_part_of_about_the_size_asked_for(name: str) -> None:
    table = table_for(name)
    before = table.copy()
    result = split(table, strategy(name), sizes=SIZES, schema=SCHEMA, seed=0)
    pd.testing.assert_frame_equal(table, before)
    assignment = result.assignment
    assert list(assignment.columns) == ["example_id", "position", "part", "fold"]
    assert assignment["example_id"].tolist() == table["example_id"].tolist()
    assert assignment["position"].tolist() == list(range(240))
    assert (assignment["position"].dtype, assignment["fold"].dtype) == (np.int64, np.int64)
    assert (assignment["fold"] == -1).all()
    counts = assignment["part"].value_counts()
    assert set(counts.index) == {"train", "validation", "test"}
    assert abs(counts["test"] - 48) <= 5
    assert abs(counts["validation"] - 48) <= 5


@pytest.mark.parametrize("name", STRATEGIES)
def test_no_unit_lies_in_two_parts(name: str) -> None:
    table = table_for(name)
    group = table["group"].str[1:].astype(int) if "group" in table else 0
    table = table.assign(content_id=group * 1000 + np.arange(240) // (2 if name == "predefined" else 8))
    rows = with_units(table)
    assigned = strategy(name).assign(rows, SIZES, seed=0)
    kept = assigned.part != "excluded"
    assert rows[kept].groupby("unit")["example_id"].size().max() > 1
    assert pd.Series(assigned.part[kept]).groupby(rows["unit"][kept].to_numpy()).nunique().max() == 1


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != "predefined"])
def test_folds_test_every_row_once(name: str) -> None:
    table = table_for(name)
    results = [
        split(table, strategy(name), sizes=Sizes(0.2, 0.2, 4, fold), schema=SCHEMA, seed=0).assignment
        for fold in range(4)
    ]
    for fold, assignment in enumerate(results):
        assert (assignment["fold"] == results[0]["fold"]).all()
        tested = assignment["part"] == "test"
        assert (tested == (assignment["fold"] == fold)).all()
        assert {"train", "validation", "test"} <= set(assignment["part"])
    numbers = results[0]["fold"].value_counts()
    if name != "by_time":
        assert sorted(numbers.index) == [0, 1, 2, 3]
        assert abs(numbers - 60).max() <= 10
    else:
        assert sorted(numbers.index) == [-1, 0, 1, 2, 3]
        assert numbers.tolist() == [48] * 5


@pytest.mark.parametrize("name", ["random", "stratified", "grouped", "grouped_stratified"])
def test_every_fold_has_a_validation_part_of_its_own(name: str) -> None:
    parts = [
        split(full(), strategy(name), sizes=Sizes(0.2, 0.2, 5, fold), schema=SCHEMA, seed=0).assignment[
            "part"
        ]
        for fold in range(5)
    ]
    times = np.sum([part == "validation" for part in parts], axis=0)
    # A single order of the units would use the same few of them in four folds out of five.
    assert (times > 0).mean() > 0.5


@pytest.mark.parametrize("name", ["random", "stratified"])
@pytest.mark.parametrize("sizes", [SIZES, Sizes(50, 40), Sizes(0.2, 0.2, 5, 2)])
def test_one_row_less_moves_only_rows_at_the_borders(name: str, sizes: Sizes) -> None:
    table = without_groups(full())
    whole = split(table, strategy(name), sizes=sizes, schema=SCHEMA, seed=3).assignment
    counts = [
        moved(
            whole,
            split(table.drop(index=row), strategy(name), sizes=sizes, schema=SCHEMA, seed=3).assignment,
        )
        for row in range(0, 240, 16)
    ]
    # A row gone from test draws in one from validation, and that one from train; each class has its borders.
    assert max(counts) <= 4


@pytest.mark.parametrize("name", [*NEEDS_GROUPS, "stratified"])
def test_one_row_less_moves_few_groups(name: str) -> None:
    table = full(rows=600, groups=120)
    whole = split(table, strategy(name), sizes=SIZES, schema=SCHEMA, seed=1).assignment
    counts = [
        moved(
            whole, split(table.drop(index=row), strategy(name), sizes=SIZES, schema=SCHEMA, seed=1).assignment
        )
        for row in range(0, 600, 60)
    ]
    assert np.median(counts) <= 12
    assert max(counts) <= 60


@pytest.mark.parametrize("name", STRATEGIES)
def test_rows_are_drawn_alike_whatever_their_order(name: str) -> None:
    table = table_for(name)
    shuffled = table.sample(frac=1, random_state=0)
    left = split(table, strategy(name), sizes=SIZES, schema=SCHEMA, seed=0).assignment
    right = split(shuffled, strategy(name), sizes=SIZES, schema=SCHEMA, seed=0).assignment
    assert moved(left, right) == 0


@pytest.mark.parametrize("name", ["random", "stratified", *NEEDS_GROUPS])
def test_another_seed_draws_other_rows(name: str) -> None:
    table = table_for(name)
    left = split(table, strategy(name), sizes=SIZES, schema=SCHEMA, seed=0).assignment
    right = split(table, strategy(name), sizes=SIZES, schema=SCHEMA, seed=1).assignment
    assert moved(left, right) > 20


@pytest.mark.parametrize("name", ["stratified", "grouped_stratified"])
def test_a_regression_target_keeps_its_distribution(name: str) -> None:
    from split_examples import REGRESSION

    table = full(rows=400, groups=100)
    table["target"] = np.random.default_rng(0).lognormal(12, 0.4, 400)
    result = split(table, strategy(name), sizes=SIZES, schema=REGRESSION, seed=0)
    means = result.report["target_mean"]
    assert max(means.values()) / min(means.values()) < 1.06
    assert "classes" not in result.report
