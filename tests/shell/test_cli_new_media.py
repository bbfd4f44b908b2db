"""``upcurve new data`` of folders, archives and arrays."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
import yaml
from image_files import class_folders, file_of, photo

from stages.datasets.packing import files_in, pack
from stages.shell.compose import compose


def described(upcurve: Any, name: str) -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((upcurve.root / f"conf/dataset/{name}.yaml").read_text())
    return held


def test_a_folder_becomes_one_archive(upcurve: Any, tmp_path: Path) -> None:
    folder = class_folders(
        tmp_path / "My pets", {"train/cat": 3, "train/dog": 2, "test/cat": 1, "test/dog": 1}
    )
    result = upcurve("new", "data", str(folder))
    assert "my_pets: 7 pictures, 2 classes: cat 4, dog 3; train 5; test 2" in result.stdout
    assert "upcurve run dataset=my_pets" in result.stdout
    assert "model=cnn" in result.stdout
    assert "split/strategy=predefined" in result.stdout
    place = upcurve.root / "data/raw/my_pets"
    assert [path.name for path in place.iterdir()] == ["My pets.zip"]
    with zipfile.ZipFile(place / "My pets.zip") as archive:
        assert len(archive.namelist()) == 7
        assert archive.read("train/cat/0.png") == (folder / "train/cat/0.png").read_bytes()
    held = described(upcurve, "my_pets")
    assert (held["format"], held["target"], held["files"]) == ("image_folder", "label", ["My pets.zip"])
    assert len(held["sha256"]["My pets.zip"]) == 64
    assert compose(upcurve.root, ["dataset=my_pets"]).leaves()["dataset.format"] == "image_folder"


def test_the_same_folder_gives_the_same_bytes_and_is_there_already(upcurve: Any, tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"cat": 3, "dog": 2})
    upcurve("new", "data", str(folder))
    archive = upcurve.root / "data/raw/pets/pets.zip"
    before = archive.read_bytes()
    assert "are there already" in upcurve("new", "data", str(folder), status=1).stderr
    upcurve("new", "data", str(folder), "--force")
    assert archive.read_bytes() == before
    assert sorted(path.name for path in (upcurve.root / "data/raw").iterdir() if path.name[0] == ".") == []


def test_an_archive_is_taken_as_it_is(upcurve: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        for number in range(4):
            archive.writestr(f"{'ham' if number % 2 else 'spam'}/{number}.txt", f"text {number}")
    upcurve("new", "data", str(tmp_path / "texts.zip"))
    assert described(upcurve, "texts")["format"] == "text_folder"
    held = upcurve.root / "data/raw/texts/texts.zip"
    assert held.read_bytes() == (tmp_path / "texts.zip").read_bytes()


def test_an_archive_from_any_address(upcurve: Any, tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"cat": 2, "dog": 2})
    pack(folder, files_in(folder), tmp_path / "pets.zip")
    with fsspec.open("memory://bucket/pets.zip", "wb") as file:
        file.write((tmp_path / "pets.zip").read_bytes())
    assert "pets: 4 pictures" in upcurve("new", "data", "memory://bucket/pets.zip").stdout
    assert described(upcurve, "pets")["format"] == "image_folder"


def test_a_table_with_its_pictures(upcurve: Any, tmp_path: Path) -> None:
    folder = tmp_path / "birds"
    (folder / "images").mkdir(parents=True)
    lines = ["file,age,species"]
    for number in range(24):
        (folder / f"images/{number}.png").write_bytes(file_of(photo(number, size=(8, 8))))
        lines.append(f"images/{number}.png,{number % 7},{'owl' if number % 2 else 'tit'}")
    (folder / "birds.csv").write_text("\n".join(lines) + "\n")
    upcurve("new", "data", str(folder))
    held = described(upcurve, "birds")
    assert held["columns"]["image"] == ["file"]
    assert held["target"] == "species"
    assert sorted(path.name for path in (upcurve.root / "data/raw/birds").iterdir()) == [
        "birds.csv",
        "birds.zip",
    ]


def test_a_table_beside_folders_of_train_and_test(upcurve: Any, tmp_path: Path) -> None:
    """As competitions give them: the classes are in the table, not in the names of these folders."""
    folder = tmp_path / "breeds"
    lines = ["id,breed"]
    for part, numbers in (("train", range(20)), ("test", range(20, 25))):
        (folder / part).mkdir(parents=True)
        for number in numbers:
            (folder / part / f"p{number}.jpg").write_bytes(file_of(photo(number, size=(8, 8)), "JPEG"))
    lines += [f"p{number},{'owl' if number % 2 else 'tit'}" for number in range(20)]
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    upcurve("new", "data", str(folder), "--target", "breed")
    held = described(upcurve, "breeds")
    assert (held["target"], held["columns"]["image"]) == ("breed", ["id"])


def test_arrays(upcurve: Any, tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez(
        file,
        X_train=np.zeros((6, 4, 4), np.uint8),
        y_train=[0, 1] * 3,
        X_test=np.zeros((2, 4, 4), np.uint8),
        y_test=[0, 1],
    )
    (tmp_path / "digits.npz").write_bytes(file.getvalue())
    result = upcurve("new", "data", str(tmp_path / "digits.npz"))
    assert "digits: 8 pictures, 2 classes: 0 4, 1 4; test 2; train 6" in result.stdout
    assert described(upcurve, "digits")["format"] == "npz"


def test_arrays_of_a_number_to_predict(upcurve: Any, tmp_path: Path) -> None:
    file = io.BytesIO()
    target = np.append(np.linspace(-1, 2, 60), [np.nan, np.inf])
    np.savez(file, X=np.ones((62, 5, 2)), y=target)
    (tmp_path / "load.npz").write_bytes(file.getvalue())
    result = upcurve("new", "data", str(tmp_path / "load.npz"))
    assert "load: 61 series, regression, -1 to 2" in result.stdout


def no_classes(folder: Path) -> None:
    for number in range(3):
        (folder / f"{number}.png").write_bytes(file_of(photo(number)))


def tables(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub/a.csv").write_text("x,y\n1,2\n")


def table_below(folder: Path) -> None:
    class_folders(folder, {"images": 3})
    (folder / "about").mkdir()
    (folder / "about/labels.csv").write_text("file,label\n0,a\n1,b\n2,a\n")


@pytest.mark.parametrize(
    ("fill", "more", "said"),
    [
        (table_below, [], "lie in no class folders, stands a table, 'about/labels.csv'"),
        (no_classes, [], "3 pictures that lie in no class folders"),
        (tables, [], "is a folder: name its files"),
        (lambda folder: None, [], "it is empty"),
        (
            lambda folder: class_folders(folder, {"a": 1, "b": 1}),
            ["--target", "x"],
            "names a column of a table",
        ),
    ],
)
def test_refusals_write_nothing(upcurve: Any, tmp_path: Path, fill: Any, more: list[str], said: str) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    fill(folder)
    before = sorted(upcurve.root.rglob("*"))
    result = upcurve("new", "data", str(folder), *more, status=1)
    assert said in " ".join(result.stderr.split())
    assert sorted(upcurve.root.rglob("*")) == before
