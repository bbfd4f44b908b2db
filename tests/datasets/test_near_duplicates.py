"""Equal and nearly equal pictures: what is found, and what is not taken for one."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from image_files import class_folders, file_of, photo
from PIL import Image, ImageEnhance, ImageFilter
from raw_files import cleaned_folder

from stages.datasets.near_duplicates import BITS, CROWD, candidates, picture_keys
from stages.examples.schema import CONTENT_ID, EXCLUDE

LARGE = photo(7, size=(256, 192))


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    return file_of(image, "JPEG", quality=quality)


def cropped(image: Image.Image, share: float) -> Image.Image:
    width, height = image.size
    left, top = int(width * share / 2), int(height * share / 2)
    return image.crop((left, top, width - left, height - top))


VARIANTS = {
    "the same pixels": file_of(LARGE),
    "saved at low quality": jpeg(LARGE, 30),
    "half the size": jpeg(LARGE.resize((128, 96))),
    "another shape": jpeg(LARGE.resize((200, 200))),
    "blurred": jpeg(LARGE.filter(ImageFilter.GaussianBlur(1))),
    "two per cent cropped": jpeg(cropped(LARGE, 0.02)),
}
OTHERS = {
    "mirrored": jpeg(LARGE.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    "another picture": jpeg(photo(8, size=(256, 192))),
    "half as bright": jpeg(ImageEnhance.Brightness(LARGE).enhance(0.5)),
    "the upper half": jpeg(LARGE.crop((0, 0, 256, 96))),
    "small": file_of(LARGE.resize((40, 30))),
}


@pytest.mark.parametrize("name", [*VARIANTS, *OTHERS])
def test_what_is_nearly_equal(name: str) -> None:
    keys = picture_keys(pd.Series([jpeg(LARGE), (VARIANTS | OTHERS)[name]]))
    assert (keys.alike[0] == keys.alike[1]) is (name in VARIANTS)
    assert keys.exact[0] != keys.exact[1]


def test_equal_pixels_are_equal_whatever_the_bytes() -> None:
    one, other = file_of(LARGE, compress_level=1), file_of(LARGE, compress_level=9)
    small = LARGE.resize((20, 20))
    tiny = [file_of(small, compress_level=0), file_of(small)]
    assert one != other
    keys = picture_keys(pd.Series([one, other, *tiny, None], index=[9, 8, 7, 6, 5]))
    assert keys.exact[9] == keys.exact[8]
    assert keys.exact[7] == keys.exact[6]
    assert keys.exact.nunique() == 2
    assert keys.exact.isna().tolist() == [False] * 4 + [True]


def test_candidates_are_all_pairs_that_differ_in_few_bits() -> None:
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**64, 400, dtype=np.uint64)
    for row in range(0, 400, 4):  # neighbours of 0 to 12 bits
        flips = rng.choice(64, row // 4 % 13, replace=False)
        hashes[row + 1] = hashes[row] ^ np.uint64(sum(1 << int(bit) for bit in flips))
    distance = np.bitwise_count(hashes[:, None] ^ hashes[None])
    expected = [
        [one, other] for one in range(400) for other in range(one + 1, 400) if distance[one, other] <= BITS
    ]
    assert len(expected) > 50
    assert candidates(hashes).tolist() == expected


def test_a_hash_of_a_crowd_is_left_out() -> None:
    hashes = np.full(CROWD + 1, 5, np.uint64)
    assert len(candidates(hashes)) == 0
    assert len(candidates(hashes[:10])) == 45


def test_clusters_do_not_chain() -> None:
    """Each picture is a little brighter than the last: near to that one, far from the first."""
    steps = [ImageEnhance.Brightness(LARGE).enhance(1 - 0.03 * step) for step in range(12)]
    alike = picture_keys(pd.Series([file_of(step) for step in steps])).alike
    assert alike[0] == alike[1]
    assert alike[0] != alike[11]
    first = np.asarray(steps[0].resize((16, 16))).astype(int)
    for row in np.flatnonzero(alike == alike[0]):
        assert np.abs(np.asarray(steps[row].resize((16, 16))).astype(int) - first).mean() < 8


def pets(folder: Path) -> Path:
    class_folders(folder, {"cat": 8, "dog": 8}, size=(80, 70))
    for place, quality in (("cat/small.jpg", 85), ("dog/again.jpg", 70)):
        image = Image.open(io.BytesIO((folder / "cat/0.png").read_bytes()))
        (folder / place).write_bytes(jpeg(image.resize((160, 140)), quality))
    (folder / "dog/copy.png").write_bytes((folder / "dog/1.png").read_bytes())
    return folder


def test_they_share_a_content_and_are_told(tmp_path: Path) -> None:
    cleaned = cleaned_folder(pets(tmp_path / "pets"), target="label")
    examples = cleaned.examples.set_index("example_id")
    content = examples[CONTENT_ID]
    assert content["cat/0.png"] == content["cat/small.jpg"] == content["dog/again.jpg"]
    assert content.nunique() == 16
    assert examples[EXCLUDE].dropna().to_dict() == {"dog/copy.png": "duplicate"}
    told = cleaned.audit[["file", "action", "reason"]].to_numpy().tolist()
    assert ["dog/copy.png", "row excluded from training", "duplicate: equal to dog/1.png"] in told
    assert ["cat/small.jpg", "row flagged", "near duplicate: like cat/0.png"] in told
    contradiction = "contradicting label of a near duplicate: like cat/0.png, of another class"
    assert ["dog/again.jpg", "row flagged", contradiction] in told
    assert "near duplicate: 1 rows, flagged only" in cleaned.notes


@pytest.mark.parametrize(("treatment", "contents"), [("exclude", 16), ("keep", 18)])
def test_treatments(tmp_path: Path, treatment: str, contents: int) -> None:
    cleaned = cleaned_folder(pets(tmp_path / "pets"), {"near_duplicates": treatment}, target="label")
    excluded = cleaned.examples.set_index("example_id")[EXCLUDE].dropna().to_dict()
    assert ("cat/small.jpg" in excluded) is (treatment == "exclude")
    assert cleaned.examples[CONTENT_ID].nunique() == contents
    assert ("near duplicate" in " ".join(cleaned.notes)) is (treatment != "keep")


def test_texts_that_differ_by_case_and_space_are_near(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    mails = {"ham": ["see you", "at noon"], "spam": ["FREE  entry", "free entry", "win now"]}
    for label, texts in mails.items():
        (folder / label).mkdir(parents=True)
        for number, text in enumerate(texts):
            (folder / label / f"{number}.txt").write_text(text)
    examples = cleaned_folder(folder, {"max_repeated_share": 1.0}, target="label").examples
    content = examples.set_index("example_id")[CONTENT_ID]
    assert content["spam/0.txt"] == content["spam/1.txt"]
    assert content.nunique() == 4
    assert examples[EXCLUDE].isna().all()
