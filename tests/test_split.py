"""The stage split: assignment, report, refusals."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from split_examples import REGRESSION, ROOT, SCHEMA, examples, full, strategy, without_groups

from stages.examples.schema import Column, Schema
from stages.split import Split, split, unheeded_notes
from stages.splitters.sizes import Sizes

HALF = Sizes(0.2, 0.2)


def run(table: pd.DataFrame, name: str = "stratified", sizes: Sizes = HALF, seed: int = 0) -> Split:
    return split(table, strategy(name), sizes=sizes, schema=SCHEMA, seed=seed)


def test_sizes_and_class_shares() -> None:
    result = run(examples(100))
    assert result.report["rows"] == {"train": 60, "validation": 20, "test": 20}
    assert result.report["classes"] == {
        "train": {"good": 45, "bad": 15},
        "validation": {"good": 15, "bad": 5},
        "test": {"good": 15, "bad": 5},
    }
    assert result.report["notes"] == []


def test_counts_are_exact() -> None:
    assert run(examples(100), sizes=Sizes(17, 9)).report["rows"] == {"train": 74, "validation": 9, "test": 17}


def test_flagged_rows_leave_train_only() -> None:
    table = examples(100)
    plain = run(table).assignment
    flagged = table.assign(exclude=pd.Series(["duplicate"] * 50 + [None] * 50, dtype="str"))
    result = run(flagged).assignment
    was_train = (plain["part"] == "train") & (np.arange(100) < 50)
    assert (result["part"] == plain["part"].where(~was_train, "excluded")).all()
    assert result["part"].dtype == "str"


def test_a_random_split_says_which_part_lacks_a_class() -> None:
    table = examples(60, bad_every=60)
    for seed in range(30):
        if run_random_has_bad_in_train(table, seed):
            notes = split(table, strategy("random"), sizes=HALF, schema=SCHEMA, seed=seed).report["notes"]
            assert notes[0].startswith("validation has no row of class bad")
            return
    pytest.fail("no seed puts the only bad row into train")


def run_random_has_bad_in_train(table: pd.DataFrame, seed: int) -> bool:
    try:
        run(table, "random", seed=seed)
    except ValueError:
        return False
    return True


def test_a_class_missing_from_train_is_refused() -> None:
    table = examples(60, bad_every=60)
    refused = [seed for seed in range(10) if not run_random_has_bad_in_train(table, seed)]
    with pytest.raises(ValueError, match="No row of class 'bad' is left in train"):
        run(table, "random", seed=refused[0])


def test_sizes_far_from_the_wish_are_noted() -> None:
    table = examples(60, group=["a"] * 20 + ["b"] * 20 + ["c"] * 20)
    notes = run(table, "grouped", sizes=Sizes(0.1, 0.1)).report["notes"]
    assert notes[0].startswith("test has 20 rows where 6 were asked for")


@pytest.mark.parametrize(("name", "said"), [("stratified", 2), ("predefined", 1), ("by_time", 1)])
def test_parts_and_times_of_the_data_that_are_not_heeded_are_noted(name: str, said: int) -> None:
    table = without_groups(full())
    notes = [note for note in run(table, name).report["notes"] if "split/strategy=" in note]
    assert len(notes) == said
    assert any("published scores" in note for note in notes) == (name != "predefined")
    assert any("train has rows later" in note for note in notes) == (name != "by_time")


def test_parts_without_a_test_part_are_not_said_to_have_one() -> None:
    rows = pd.DataFrame({"part": ["train", "train", "validation"]})
    (note,) = unheeded_notes(rows, pd.Series(["train", "test", "validation"]))
    assert "train and validation, without a test part" in note


def test_parts_that_were_taken_need_no_note() -> None:
    table = without_groups(full()).drop(columns="time")
    assert run(table, "predefined").report["notes"] == [
        "the data gives no validation part: it was drawn from train"
    ]


def test_regression_report() -> None:
    table = examples(50).assign(target=np.arange(50.0))
    result = split(table, strategy("stratified", bins=5), sizes=HALF, schema=REGRESSION, seed=0)
    assert result.report["target_mean"]["test"] == pytest.approx(24.5, abs=2)
    parts = result.assignment["part"]
    assert result.report["target_std"]["test"] == pytest.approx(np.std(np.flatnonzero(parts == "test")))


def same_group(rows: int) -> pd.DataFrame:
    return examples(rows, group=["a"] * rows)


def amounts(rows: int) -> pd.DataFrame:
    """Counts that were taken for classes."""
    return examples(rows).assign(target=["7", "8"] + ["0", "1"] * (rows // 2 - 1))


@pytest.mark.parametrize(
    ("table", "name", "sizes", "message"),
    [
        (examples(40, bad_every=20), "stratified", HALF, r"fewer of 'bad' \(2\).*split/strategy=random"),
        (examples(40, bad_every=10), "stratified", Sizes(0.2, 0.2, 5), r"5 are needed.*'bad' \(4\)"),
        (examples(40), "stratified", Sizes(1, 0.2), "split.test_size gives 1 rows"),
        (examples(40), "stratified", Sizes(0.2, 1), "split.validation_size gives 1 rows"),
        (examples(40), "random", Sizes(30, 10), "ask for 40 rows and the table has 40"),
        (examples(40), "random", Sizes(0.5, 100), "ask for 120 rows and the table has 40"),
        (examples(40), "random", Sizes(0.2, 0.9, 2), "asks for 36 rows, and 20 of the 40 are left"),
        (examples(40), "random", Sizes(0.2, 0.2, 41), r"more folds than there are distinct rows \(40\)"),
        (examples(40), "random", Sizes(0.2, 0.2, 5, 5), "the folds are numbered 0 to 4"),
        (examples(40), "grouped", HALF, "no column has the role `group`"),
        (examples(40), "grouped_stratified", HALF, "no column has the role `group`"),
        (same_group(40), "grouped", HALF, "only 1 groups"),
        (same_group(40), "stratified", HALF, "only 1 groups.*declared as `group`"),
        (
            examples(40).assign(content_id=1),
            "stratified",
            HALF,
            "only 1 distinct rows.*hardly differ between",
        ),
        (amounts(40), "stratified", HALF, r"'7' \(1\), '8' \(1\)\. If these are amounts.*task=regression"),
        (
            examples(40, group=list("abcd") * 10),
            "grouped",
            Sizes(0.2, 0.2, 5),
            r"groups.*\(4\).*split.folds=4",
        ),
        (examples(2), "random", HALF, "only 2 distinct rows"),
        (
            examples(40, exclude=pd.Series(["duplicate"] * 40, dtype="str")),
            "random",
            HALF,
            "No rows are left for train",
        ),
    ],
)
def test_refuses_with_the_remedy(table: pd.DataFrame, name: str, sizes: Sizes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(table, name, sizes)


def test_bins_with_too_few_rows() -> None:
    table = examples(25).assign(target=np.arange(25.0))
    with pytest.raises(ValueError, match=r"split\.strategy\.bins lower"):
        split(table, strategy("stratified"), sizes=HALF, schema=REGRESSION, seed=0)


def credit() -> tuple[pd.DataFrame, Schema]:
    table = pd.read_csv(ROOT / "data/raw/credit/credit_data.csv.gz")
    schema = Schema(
        dataset="credit",
        task="binary",
        target="Status",
        classes=("good", "bad"),
        features=(Column(name="Age", role="numeric"),),
    )
    features = table.drop(columns="Status")
    frame = pd.DataFrame(
        {
            "example_id": [f"credit_data.csv.gz:{i}" for i in range(len(table))],
            "target": table["Status"].astype("str"),
            "content_id": pd.util.hash_pandas_object(features, index=False),
        }
    )
    return frame, schema


def test_credit() -> None:
    frame, schema = credit()
    result = split(frame, strategy("stratified"), sizes=HALF, schema=schema, seed=0)
    assert result.report["rows"] == {"train": 2672, "validation": 891, "test": 891}
    shares = [counts["bad"] / sum(counts.values()) for counts in result.report["classes"].values()]
    assert max(shares) - min(shares) < 0.002
    joined = result.assignment.groupby(frame["content_id"].to_numpy())["part"].nunique()
    assert joined.max() == 1
    assert len(joined) < len(frame)


SCRIPT = """
import hashlib, sys
import pandas as pd
sys.path.insert(0, "tests")
from split_examples import SCHEMA, full, strategy
from stages.split import split
from stages.splitters.sizes import Sizes
names = ["random", "stratified", "grouped_stratified"]
parts = [split(full(), strategy(n), sizes=Sizes(0.2, 0.2), schema=SCHEMA, seed=0).assignment for n in names]
loaded = {"tensorflow", "mlflow", "imblearn", "sklearn"} & set(sys.modules)
print(hashlib.sha256(pd.concat(parts).to_csv().encode()).hexdigest(), sorted(loaded))
"""


def test_same_bytes_in_another_process_and_nothing_heavy_loaded() -> None:
    def once(hash_seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    first = once("1")
    assert first.endswith("[]\n")
    assert first == once("2")


@pytest.fixture
def clean_output(tmp_path: Path) -> Callable[[pd.DataFrame], Path]:
    def write(table: pd.DataFrame) -> Path:
        (tmp_path / "clean").mkdir()
        table.to_parquet(tmp_path / "clean" / "examples.parquet", index=False)
        (tmp_path / "clean" / "schema.json").write_text(SCHEMA.model_dump_json())
        return tmp_path

    return write


def test_the_stage_reads_reserved_columns_only(clean_output: Callable[[pd.DataFrame], Path]) -> None:
    from split_examples import content

    from stages.settings.split import SplitConfig
    from stages.shell.store import Store
    from stages.split import main

    data = clean_output(examples(30).assign(**{"feature.x": range(30)}))
    config = SplitConfig.model_validate(
        {
            "split": {
                "test_size": 0.2,
                "validation_size": 0.2,
                "folds": 0,
                "fold": 0,
                "seed": 0,
                "strategy": content("stratified"),
            }
        }
    )
    store = Store("split", data / "split", data=data)
    store.begin()
    main.__wrapped__(config, store)  # type: ignore[attr-defined]
    store.finish()
    assignment = pd.read_parquet(data / "split" / "assignment.parquet")
    assert list(assignment.columns) == ["example_id", "position", "part", "fold"]
    assert assignment["part"].value_counts().to_dict() == {"train": 18, "validation": 6, "test": 6}
    assert sorted(path.name for path in (data / "split").iterdir()) == ["assignment.parquet", "report.json"]
