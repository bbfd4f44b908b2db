"""Equal state, equal bytes; and only trusted types are loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from encode_examples import ROOT
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import StandardScaler

from stages.transformers import archive

FIT = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from encode_examples import credit, preprocessing
from stages.transformers import archive
table, schema = credit(150)
fitted = preprocessing(schema, outliers="iqr", imputer="iterative", categories={categories!r})
fitted.fit(table, table["target"])
archive.dump(fitted, Path(sys.argv[1]))
"""


def fit_elsewhere(path: Path, *, hash_seed: str, categories: str) -> bytes:
    code = FIT.format(root=str(ROOT), tests=str(ROOT / "tests"), categories=categories)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, env=environment)
    return path.read_bytes()


@pytest.mark.parametrize("categories", ["one_hot", "target"])
def test_two_processes_write_the_same_bytes(categories: str, tmp_path: Path) -> None:
    one = fit_elsewhere(tmp_path / "one", hash_seed="1", categories=categories)
    two = fit_elsewhere(tmp_path / "two", hash_seed="2", categories=categories)
    assert one == two


def test_no_address_and_no_date_is_written(tmp_path: Path) -> None:
    archive.dump(StandardScaler().fit([[1.0], [2.0]]), tmp_path / "scaler.skops")
    with zipfile.ZipFile(tmp_path / "scaler.skops") as written:
        assert {member.date_time for member in written.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "__id__" not in written.read("schema.json").decode()
        assert written.namelist() == sorted(written.namelist())
        assert all(name == "schema.json" or name[:4].isdigit() for name in written.namelist())


def test_what_is_loaded_is_what_was_dumped(tmp_path: Path) -> None:
    scaler = StandardScaler().fit(np.array([[1.0, 5.0], [2.0, 9.0], [4.0, 5.0]]))
    archive.dump(scaler, tmp_path / "scaler.skops")
    loaded = archive.load(tmp_path / "scaler.skops")
    assert np.array_equal(loaded.transform([[3.0, 3.0]]), scaler.transform([[3.0, 3.0]]))
    assert loaded.get_params() == scaler.get_params()


def test_the_address_in_a_tfidf_vectorizer_is_left_out(tmp_path: Path) -> None:
    texts = ["the cat sat", "a dog ran home"]
    for name in ("one", "two"):
        stop_words = ["".join(each) for each in (("t", "he"), ("a",))]
        archive.dump(TfidfVectorizer(stop_words=stop_words).fit(texts), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as written:
        assert "_stop_words_id" not in json.loads(written.read("schema.json"))["content"]["content"]
    loaded = archive.load(tmp_path / "one")
    expected = TfidfVectorizer(stop_words=["the", "a"]).fit(texts).transform(texts)
    assert np.array_equal(loaded.transform(texts).toarray(), expected.toarray())


class Holder(BaseEstimator):
    """An estimator of nobody's list."""

    def __init__(self, held: Any = None) -> None:
        self.held = held


def test_members_of_sets_are_written_in_a_fixed_order(tmp_path: Path) -> None:
    archive.dump({"words": {"b", "c", "a"}}, tmp_path / "set")
    with zipfile.ZipFile(tmp_path / "set") as written:
        members = json.loads(written.read("schema.json"))["content"]["words"]["content"]
    assert [member["content"] for member in members] == ['"a"', '"b"', '"c"']


def test_an_unknown_type_is_refused_with_the_remedy(tmp_path: Path) -> None:
    archive.dump(Holder(1), tmp_path / "holder.skops")
    with pytest.raises(ValueError, match=r"Holder.*TRUSTED in stages/transformers/trusted.py"):
        archive.load(tmp_path / "holder.skops")
