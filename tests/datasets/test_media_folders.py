"""A folder per class: which files are examples, their classes and parts, loose and in archives."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from image_files import class_folders, file_of, photo
from raw_files import cleaned_folder

from stages.datasets.class_folders import placed
from stages.datasets.kinds import kind_of
from stages.datasets.packing import files_in, pack
from stages.datasets.reading import read_raw
from stages.settings.dataset import DatasetSettings

SETTINGS = DatasetSettings(name="pets", target="label")


def zipped(folder: Path, archive: Path) -> Path:
    archive.parent.mkdir(exist_ok=True)
    pack(folder, files_in(folder), archive)
    return archive.parent


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["cat/1.png", "dog/1.png"], [("cat", None), ("dog", None)]),
        (["a/b/cat/1.png", "a/b/dog/1.png"], [("cat", None), ("dog", None)]),
        (["train/cat/1.png", "test/dog/1.png"], [("cat", "train"), ("dog", "test")]),
        (["x/Train/cat/1.png", "x/valid/cat/1.png"], [("cat", "train"), ("cat", "validation")]),
        (["cat/deep/er/1.png", "dog/1.png"], [("cat", None), ("dog", None)]),
        (["train/cat/1.png", "test/1.png"], [("cat", "train"), (None, "test")]),
        (["bus/1.png", "train/1.png", "val/1.png"], [("bus", None), ("train", None), ("val", None)]),
        (["cat/1.png", "1.png"], [("cat", None), (None, None)]),
        (["x/cat/1.png", "x/dog/1.png", "1.png"], [("cat", None), ("dog", None), (None, None)]),
        (
            ["x/train/cat/1.png", "x/test/cat/1.png", "1.png"],
            [("cat", "train"), ("cat", "test"), (None, None)],
        ),
        (["only/1.png", "only/2.png"], [("only", None), ("only", None)]),
    ],
)
def test_folders_tell_class_and_part(names: list[str], expected: list[tuple[str | None, str | None]]) -> None:
    assert [tuple(each) for each in placed(names)] == expected


@pytest.mark.parametrize("names", [["1.png", "2.png"], ["train/1.png", "test/2.png"]])
def test_no_class_folders_are_a_clear_error(names: list[str]) -> None:
    if names[0].startswith("train"):  # two folders may as well be classes: nothing tells otherwise
        assert [each.label for each in placed(names)] == ["train", "test"]
        return
    with pytest.raises(ValueError, match=r"lie in no class folders .*dataset\.columns\.image"):
        placed(names)


def test_loose_files_zip_and_tar_give_the_same_rows(tmp_path: Path) -> None:
    loose = class_folders(tmp_path / "pets", {"train/cat": 3, "train/dog": 4, "test/cat": 2, "test/dog": 2})
    (loose / "train/cat/.hidden.png").write_bytes(b"x")
    (loose / "train/notes.xml").write_bytes(b"x")
    one = zipped(loose, tmp_path / "zip/pets.zip")
    (tmp_path / "tar").mkdir()
    with tarfile.open(tmp_path / "tar/pets.tar.gz", "w:gz") as packed:
        packed.add(loose, arcname="./pets")
    raws = [read_raw(folder, SETTINGS) for folder in (loose, one, tmp_path / "tar")]
    assert [raw.frame["label"].tolist() for raw in raws[1:]] == [raws[0].frame["label"].tolist()] * 2
    for raw in raws:
        assert len(raw.frame) == 11
        assert raw.parts is not None
        assert list(raw.parts).count("train") == 7
        assert raw.frame["image"].tolist() == raws[0].frame["image"].tolist()
    assert raws[0].files[0] == "test/cat/0.png"
    assert set(raws[1].sources) == {"pets.zip"}
    assert len(raws[0].sources) == 11


def test_examples_of_a_folder(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"train/cat": 5, "train/dog": 6, "test/cat": 2, "test/dog": 2})
    cleaned = cleaned_folder(folder, target="label")
    examples = cleaned.examples
    assert examples["example_id"].iloc[0] == "test/cat/0.png"
    assert examples["part"].value_counts().to_dict() == {"train": 11, "test": 4}
    assert examples["target"].value_counts().to_dict() == {"dog": 8, "cat": 7}
    assert [column.role for column in cleaned.schema.features] == ["image"]
    assert (folder / "test/cat/0.png").read_bytes() == examples["feature.image"].iloc[0]
    assert cleaned.audit.empty
    line = cleaned.profile.set_index("column").loc["image"]
    assert (line["rows"], line["missing"], line["distinct"]) == (15, 0, 15)
    assert (line["min"], line["median"], line["max"]) == ("16 x 12", "16 x 12", "16 x 12")
    assert line["top"] == "16 x 12; RGB (15)"


def test_unlabelled_test_pictures_are_left_out_with_a_reason(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"train/cat": 5, "train/dog": 6})
    (folder / "test").mkdir()
    (folder / "test/1.png").write_bytes(file_of(photo(99)))
    cleaned = cleaned_folder(folder, target="label")
    assert len(cleaned.examples) == 11
    assert cleaned.audit[["file", "reason"]].to_numpy().tolist() == [["test/1.png", "no target"]]


def test_a_file_of_another_format_than_its_name_is_read_and_told(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"cat": 5, "dog": 6})
    content = file_of(photo(50), "JPEG")
    (folder / "cat/0.png").write_bytes(content)
    cleaned = cleaned_folder(folder, target="label")
    assert content in set(cleaned.examples["feature.image"])
    line = cleaned.audit.iloc[0]
    assert (line["file"], line["action"]) == ("cat/0.png", "noted")
    assert line["reason"] == "named .png, but holds jpeg; read by its content"


def test_a_damaged_file_in_an_archive_is_dropped_alone(tmp_path: Path) -> None:
    loose = class_folders(tmp_path / "pets", {"cat": 15, "dog": 16})
    folder = zipped(loose, tmp_path / "zip/pets.zip")
    content = bytearray((folder / "pets.zip").read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        start = archive.getinfo("cat/3.png").header_offset
    content[start + 100] ^= 0xFF
    (folder / "pets.zip").write_bytes(bytes(content))
    cleaned = cleaned_folder(folder, target="label")
    assert len(cleaned.examples) == 30
    audit = cleaned.audit[cleaned.audit["file"] == "cat/3.png"]
    assert audit["action"].tolist() == ["noted", "row dropped"]
    assert "damaged in the archive" in audit["reason"].iloc[0]


def test_an_archive_packed_on_windows_or_by_whole_paths(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with zipfile.ZipFile(tmp_path / "d/pets.zip", "w") as archive:
        for number, name in enumerate(
            ("pets\\cat\\1.png", "pets\\dog\\1.png", "/pets/dog/2.png", "../pets/3.png")
        ):
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            archive.writestr(entry, file_of(photo(number)))
        archive.writestr("__MACOSX/pets/cat/._1.png", b"x")
        folder = zipfile.ZipInfo("x")
        folder.filename = "pets\\cat\\"
        archive.writestr(folder, b"")
    settings = DatasetSettings(name="d", target="label")
    assert kind_of(tmp_path / "d", settings) == "image_folder"
    raw = read_raw(tmp_path / "d", settings)
    assert raw.frame["label"].tolist() == ["cat", "dog", "dog"]
    assert raw.files.tolist() == ["pets/cat/1.png", "pets/dog/1.png", "pets/dog/2.png"]
    assert all(raw.frame["image"].map(len) > 100)


def test_a_name_of_another_encoding_is_one_clear_error(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"cat": 2, "dog": 2})
    (folder / "cat" / os.fsdecode(b"caf\xe9.png")).write_bytes(file_of(photo(9)))
    with pytest.raises(ValueError, match=r"'cat/caf\\udce9\.png' is not written in UTF-8"):
        files_in(folder)


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    folder = zipped(class_folders(tmp_path / "pets", {"cat": 5, "dog": 6}), tmp_path / "zip/pets.zip")
    (folder / "pets.zip").write_bytes((folder / "pets.zip").read_bytes()[:-200])
    with pytest.raises(ValueError, match=r"pets\.zip is .*damaged or cut off"):
        read_raw(folder, DatasetSettings(name="pets", target="label", format="image_folder"))


def test_a_stated_digest_is_checked(tmp_path: Path) -> None:
    folder = zipped(class_folders(tmp_path / "pets", {"cat": 5, "dog": 6}), tmp_path / "zip/pets.zip")
    settings = DatasetSettings(name="pets", target="label", sha256={"pets.zip": "0" * 64})
    with pytest.raises(ValueError, match="not the file this data set was described for"):
        read_raw(folder, settings)


def test_a_folder_of_texts(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    for label in ("ham", "spam"):
        (folder / label).mkdir(parents=True)
        for number in range(6):
            (folder / label / f"{number}.txt").write_bytes(f"{label} naïve {number}\n".encode("utf-16"))
    (folder / "ham" / "empty.txt").write_bytes(b" \n")
    (folder / "readme.txt").write_bytes(b"about")
    cleaned = cleaned_folder(folder, target="label")
    assert len(cleaned.examples) == 12
    assert cleaned.examples["feature.text"].iloc[0] == "ham naïve 0"
    dropped = cleaned.audit[["file", "action", "reason"]].to_numpy().tolist()
    assert dropped == [["ham/empty.txt", "row dropped", "without a text"]]
    assert "1 rows without a text were left out" in cleaned.notes
    line = cleaned.profile.set_index("column").loc["text"]
    assert (line["median"], line["top"]) == (3, "3 words")


def test_kinds_are_told_by_names(tmp_path: Path) -> None:
    class_folders(tmp_path / "pets", {"cat": 2, "dog": 2})
    (tmp_path / "table").mkdir()
    (tmp_path / "table/a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "table/notes").mkdir()
    (tmp_path / "arrays").mkdir()
    (tmp_path / "arrays/a.npz").write_bytes(b"")
    kinds = {name: kind_of(tmp_path / name, SETTINGS) for name in ("pets", "table", "arrays", "nothing")}
    assert kinds == {"pets": "image_folder", "table": "table", "arrays": "npz", "nothing": "table"}


def test_packing_gives_the_same_bytes_and_holds_every_file(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"cat": 3, "dog": 3})
    (folder / ".DS_Store").write_bytes(b"x")
    names = files_in(folder)
    assert names == sorted(f"{label}/{number}.png" for label in ("cat", "dog") for number in range(3))
    pack(folder, names, tmp_path / "one.zip")
    (folder / "cat/0.png").touch()
    pack(folder, names[::-1], tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == names
        assert archive.read("dog/2.png") == (folder / "dog/2.png").read_bytes()


def table_of_paths(folder: Path, *, packed: bool) -> None:
    class_folders(folder / "pictures", {"a": 6, "b": 6})
    if packed:
        zipped(folder / "pictures", folder / "pictures.zip")
        shutil.rmtree(folder / "pictures")
    lines = [f"pictures/{name}/{n}.png,{n},{name}" for name in "ab" for n in range(6)]
    (folder / "t.csv").write_text(
        "\n".join(["photo,age,y", *lines, "pictures/a/none.png,3,a", ",4,b"]) + "\n"
    )


@pytest.mark.parametrize("packed", [False, True])
def test_a_table_of_paths(tmp_path: Path, packed: bool) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    table_of_paths(folder, packed=packed)
    cleaned = cleaned_folder(folder, {"max_unreadable_share": 0.2}, columns={"image": ["photo"]})
    examples = cleaned.examples
    assert len(examples) == 14
    assert examples["feature.photo"].isna().tolist() == [False] * 12 + [True] * 2
    assert examples["feature.age"].tolist()[:3] == [0, 1, 2]
    audit = cleaned.audit[["row", "column", "reason", "before"]].to_numpy().tolist()
    assert audit == [[13, "photo", "no such file", "pictures/a/none.png"]]


def test_a_table_of_paths_of_files_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    elsewhere = class_folders(tmp_path / "photos", {"a": 6, "b": 6})
    (elsewhere / "b/5.png").write_bytes(b"no picture")
    lines = [f"{elsewhere}/{name}/{number}.png,{name}" for name in "ab" for number in range(6)]
    (folder / "t.csv").write_text("\n".join(["photo,y", *lines]) + "\n")
    cleaned = cleaned_folder(folder, {"max_unreadable_share": 0.2}, columns={"image": ["photo"]})
    assert len(cleaned.examples) == 11
    assert cleaned.audit["reason"].tolist() == ["not an image"]
    told = cleaned.audit["before"][0].partition("...")[0]  # a long path is cut
    assert str(elsewhere / "b/5.png").startswith(told)
    assert len(told) > 10
    with pytest.raises(ValueError, match=r"1 of its 12 filled cells \(8%\) are not"):
        cleaned_folder(folder, columns={"image": ["photo"]})


def test_archives_named_like_parts_and_stated_parts(tmp_path: Path) -> None:
    folder = tmp_path / "pets"
    for part in ("train", "test"):
        loose = class_folders(tmp_path / part, {"cat": 2, "dog": 2})
        zipped(loose, folder / f"{part}.zip")
    raw = read_raw(folder, SETTINGS)
    assert raw.parts is not None
    assert list(raw.parts) == ["test"] * 4 + ["train"] * 4
    assert raw.files[0] == "test/cat/0.png"
    stated = DatasetSettings(
        name="pets", target="label", parts={"train": ["test.zip"], "test": ["train.zip"]}
    )
    raw = read_raw(folder, stated)
    assert raw.parts is not None
    assert list(raw.parts) == ["train"] * 4 + ["test"] * 4
