"""Pictures: twenty broken files, healthy ones, and the forms in which a raw cell may hold one."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from image_files import bomb, class_folders, file_of, photo, pixels_of, turned
from PIL import Image, ImageOps
from raw_files import ROOT, cleaned_folder

from stages.datasets.image_repair import eight_bits, image_words, mended
from stages.datasets.pictures import parse_pictures
from stages.datasets.reasons import Reason
from stages.examples.schema import Column

COLUMN = Column(name="image", role="image")
PHOTO = photo(1)
JPEG = file_of(PHOTO, "JPEG", quality=90)
PROGRESSIVE = file_of(PHOTO, "JPEG", quality=90, progressive=True)
PNG = file_of(PHOTO)
GREY = PHOTO.convert("L")


def cut(content: bytes, share: float) -> bytes:
    return content[: int(share * len(content))]


def transparent() -> Image.Image:
    image = PHOTO.convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


BROKEN: dict[str, tuple[bytes, Reason]] = {
    "zero.jpg": (b"", Reason.EMPTY_FILE),
    "page.jpg": (b"<!DOCTYPE html><html>404 Not Found</html>", Reason.NO_PICTURE),
    "head.png": (PNG[:20], Reason.NO_PICTURE),
    "noise.jpg": (bytes(range(256)) * 20, Reason.NO_PICTURE),
    "lost.jpg": (cut(JPEG, 0.4), Reason.MOSTLY_LOST),
    "lost.png": (cut(PNG, 0.3), Reason.MOSTLY_LOST),
    "bomb.png": (bomb(), Reason.TOO_MANY_PIXELS),
    "cut.jpg": (cut(JPEG, 0.9), Reason.PICTURE_CUT_OFF),
    "cut.png": (cut(PNG, 0.9), Reason.PICTURE_CUT_OFF),
    "cut_progressive.jpg": (cut(PROGRESSIVE, 0.9), Reason.PICTURE_CUT_OFF),
    "film.gif": (
        file_of(GREY, "GIF", save_all=True, append_images=[photo(2).convert("L"), photo(3).convert("L")]),
        Reason.PICTURE_ANIMATED,
    ),
    "film.png": (
        file_of(PHOTO, "PNG", save_all=True, append_images=[photo(2), photo(3)]),
        Reason.PICTURE_ANIMATED,
    ),
    "print.jpg": (file_of(PHOTO.convert("CMYK"), "JPEG", quality=95), Reason.PICTURE_CMYK),
    "deep.png": (file_of(Image.fromarray(np.asarray(GREY).astype(np.uint16) * 257)), Reason.PICTURE_DEEP),
    "fractions.tif": (
        file_of(Image.fromarray(np.asarray(GREY).astype(np.float32) / 255), "TIFF"),
        Reason.PICTURE_DEEP,
    ),
    "alpha.png": (file_of(transparent()), Reason.PICTURE_TRANSPARENT),
    "palette.gif": (file_of(PHOTO.quantize(16), "GIF"), Reason.PICTURE_PALETTE),
    "bits.png": (file_of(GREY.convert("1")), Reason.PICTURE_PALETTE),
    "scan.bmp": (file_of(PHOTO, "BMP"), Reason.PICTURE_CONVERTED),
    "turned.jpg": (turned(PHOTO, 6), Reason.PICTURE_TURNED),
}
DROPPED = [name for name, (_, reason) in BROKEN.items() if reason <= Reason.TOO_MANY_PIXELS]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_mended_or_dropped_with_its_reason(name: str) -> None:
    content, reason = BROKEN[name]
    found = mended(content)
    assert found.reason.name == reason.name
    if name in DROPPED:
        assert found.content is None
    else:
        assert found.content is not None
        image = pixels_of(found.content)
        assert image.dtype == np.uint8
        assert found.content.startswith(b"\x89PNG")
        assert mended(found.content) == (found.content, Reason.AS_IT_WAS)


def test_twenty_broken_files_among_healthy_ones(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"cat": 20, "dog": 20})
    for name, (content, _) in BROKEN.items():
        (folder / "cat" / name).write_bytes(content)
    cleaned = cleaned_folder(folder, {"max_unreadable_share": 0.2}, target="label")
    assert len(BROKEN) == 20
    assert len(cleaned.examples) == 40 + 20 - len(DROPPED)
    audit = cleaned.audit[cleaned.audit["column"] == "image"].set_index("file")
    for name, (_, reason) in BROKEN.items():
        line = audit.loc[f"cat/{name}"]
        assert line["action"] == ("row dropped" if name in DROPPED else "picture mended")
        assert line["reason"]
        assert (f"cat/{name}" in set(cleaned.examples["example_id"])) is (name not in DROPPED), reason
    assert audit.loc["cat/film.gif", "before"] == "GIF 96 x 80 P, 3 frames"
    assert audit.loc["cat/turned.jpg", "after"] == "PNG 80 x 96 RGB"
    assert f"{len(DROPPED):,} rows without a picture that can be read were left out" in cleaned.notes


def test_too_many_broken_files_are_one_clear_error(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets", {"cat": 5, "dog": 5})
    (folder / "cat" / "broken.jpg").write_bytes(b"none")
    with pytest.raises(ValueError, match=r"1 of its 11 .*clean\.max_unreadable_share") as raised:
        cleaned_folder(folder, {"max_unreadable_share": 0.05}, target="label")
    assert str(raised.value).endswith(" The first: cat/broken.jpg (not an image).")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [JPEG, PROGRESSIVE, PNG, file_of(GREY, "JPEG"), file_of(GREY)])
def test_a_healthy_file_keeps_its_bytes(content: bytes) -> None:
    found = mended(content)
    assert found.content is content
    assert found.reason == Reason.AS_IT_WAS


def test_what_a_cut_picture_had_is_kept() -> None:
    whole, found = pixels_of(JPEG).astype(int), mended(cut(JPEG, 0.9)).content
    assert found is not None
    kept = pixels_of(found).astype(int)
    assert kept.shape == whole.shape
    assert np.abs(kept[: len(whole) // 2] - whole[: len(whole) // 2]).max() <= 2


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_photo_stands_upright(orientation: int) -> None:
    content = turned(PHOTO, orientation)
    found = mended(content).content
    assert found is not None
    upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))))
    np.testing.assert_array_equal(pixels_of(found), upright)


def test_colours_after_mending() -> None:
    def after(image: Image.Image, form: str = "PNG") -> np.ndarray:
        found = mended(file_of(image, form)).content
        assert found is not None
        return pixels_of(found)

    clear = Image.new("RGBA", (8, 8), (200, 10, 10, 0))
    assert (after(clear) == 255).all()
    half = Image.new("LA", (8, 8), (0, 128))
    assert after(half).shape == (8, 8)
    assert np.abs(after(half).astype(int) - 127).max() <= 1
    assert after(Image.new("1", (8, 8), 1)).tolist() == [[255] * 8] * 8
    assert after(GREY.quantize(256)).ndim == 2
    assert after(PHOTO.quantize(256)).ndim == 3
    deep = Image.fromarray(np.array([[0, 257, 65535]], np.uint16))
    assert after(deep).tolist() == [[0, 1, 255]]
    red = after(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF")[0, 0].astype(int)
    assert np.abs(red - [255, 0, 0]).max() <= 1


def test_eight_bits() -> None:
    assert eight_bits(np.array([[-1.0, 0.0, 1.0]])).tolist() == [[0, 128, 255]]
    assert eight_bits(np.array([[np.nan, np.inf, 0.5]])).tolist() == [[0, 0, 128]]
    assert eight_bits(np.array([[0, 200]])).tolist() == [[0, 200]]


GREY_PIXELS = np.arange(12, dtype=np.uint8).reshape(3, 4)


def cells(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "one.png").write_bytes(PNG)
    return {
        "bytes": PNG,
        "base64": base64.b64encode(PNG).decode(),
        "data URI": "data:image/png;base64," + base64.b64encode(PNG).decode(),
        "path": tmp_path / "one.png",
        "array": np.asarray(PHOTO),
        "lists": np.asarray(PHOTO).tolist(),
    }


def test_a_raw_cell_may_hold_a_picture_in_many_forms(tmp_path: Path) -> None:
    forms = cells(tmp_path)
    parsed = parse_pictures(pd.Series(list(forms.values()), index=list(forms)), COLUMN)
    assert (parsed.reasons == Reason.AS_IT_WAS).all()
    assert list(parsed.values.index) == list(forms)
    for content in parsed.values:
        np.testing.assert_array_equal(pixels_of(content), np.asarray(PHOTO))


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (None, Reason.AS_IT_WAS),
        (float("nan"), Reason.AS_IT_WAS),
        ("", Reason.AS_IT_WAS),
        ("photos/none.jpg", Reason.NO_FILE),
        (Path("photos/none.jpg"), Reason.NO_FILE),
        ("not base64!", Reason.NO_PICTURE),
        (17, Reason.NO_PICTURE),
        ([[1, 2], [3]], Reason.NO_PICTURE),
        (np.zeros((4, 4, 2)), Reason.NO_PICTURE),
        (np.zeros((0, 4)), Reason.NO_PICTURE),
        (["a", "b"], Reason.NO_PICTURE),
        ({"bytes": b""}, Reason.NO_PICTURE),
    ],
)
def test_a_cell_without_a_picture(cell: Any, reason: Reason) -> None:
    parsed = parse_pictures(pd.Series([cell], dtype=object), COLUMN)
    assert parsed.values.tolist() == [None]
    assert Reason(parsed.reasons[0]).name == reason.name


def test_text_never_opens_a_file(tmp_path: Path) -> None:
    """A served model is asked by anybody: a client must not read the server's files by naming them."""
    (tmp_path / "one.png").write_bytes(PNG)
    parsed = parse_pictures(pd.Series([str(tmp_path / "one.png")]), COLUMN)
    assert parsed.values.tolist() == [None]


def test_pixels_of_one_channel_and_of_four() -> None:
    parsed = parse_pictures(pd.Series([GREY_PIXELS, GREY_PIXELS[..., None]]), COLUMN)
    np.testing.assert_array_equal(pixels_of(parsed.values[0]), GREY_PIXELS)
    np.testing.assert_array_equal(pixels_of(parsed.values[1]), GREY_PIXELS)
    rgba = np.dstack([np.asarray(PHOTO), np.full(PHOTO.size[::-1], 255, np.uint8)])
    parsed = parse_pictures(pd.Series([rgba]), COLUMN)
    np.testing.assert_array_equal(pixels_of(parsed.values[0]), np.asarray(PHOTO))


def test_many_pictures_come_in_their_order() -> None:
    arrays = [np.full((3, 3), number % 256, np.uint8) for number in range(300)]
    parsed = parse_pictures(pd.Series(arrays), COLUMN)
    assert [int(pixels_of(content)[0, 0]) for content in parsed.values] == [
        number % 256 for number in range(300)
    ]


def test_words_for_people() -> None:
    assert image_words(turned(PHOTO, 3)) == "JPEG 96 x 80 RGB, EXIF orientation 3"
    assert image_words(b"") == "0 bytes"


def test_a_table_loads_no_library_of_pictures() -> None:
    code = (
        "import sys, io, pandas as pd; from stages.datasets.cells import parse_column; "
        "import stages.clean, stages.shell.cli.bring; from stages.examples.schema import Column, Notation; "
        "parse_column(pd.Series(['1']), Column(name='x', role='numeric'), Notation()); "
        "print([name for name in ('PIL', 'imagehash', 'tensorflow', 'ftfy', 'bs4') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
