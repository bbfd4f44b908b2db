"""The picture of what a policy does."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image
from policy_cases import GRAY, LENGTH, SERIES, pictures, series, spec_of

from stages.examples.encoded import Encoded
from stages.policies.contact_sheet import draw_contact_sheet, examples_to_show
from stages.policies.image import ImagePolicy
from stages.policies.image_changes import MixedImageChanges
from stages.policies.sequence import SequencePolicy
from stages.policies.sequence_changes import SequenceChanges


def test_the_classes_take_turns() -> None:
    target = np.array([0] * 50 + [1] * 2 + [2] * 30)
    assert examples_to_show(target, count=8).tolist() == [0, 50, 52, 1, 51, 53, 2, 54]
    np.testing.assert_array_equal(examples_to_show(np.eye(3)[target], count=8), [0, 50, 52, 1, 51, 53, 2, 54])
    assert examples_to_show(np.array([0.5, 1.5]), count=8).tolist() == [0, 1]


def test_originals_stand_first_and_draws_differ() -> None:
    spec = spec_of(GRAY)
    images = np.full((9, 12, 10, 1), 200, np.uint8)
    train = Encoded({"image": images}, np.arange(9) % 3, np.arange(9))
    policy = ImagePolicy(MixedImageChanges(brightness=0.9), spec=spec)
    written = draw_contact_sheet(train, policy, spec=spec)
    assert written == draw_contact_sheet(train, policy, spec=spec)
    sheet = np.asarray(Image.open(BytesIO(written)).convert("L"))
    panels = [sheet[:, part] for part in np.array_split(np.arange(sheet.shape[1]), 6)]
    # Eight rows of panels of 200, in the first column only; the others have another brightness each.
    assert (panels[0] == 200).mean() > 0.3
    assert all((panel == 200).mean() < 0.15 for panel in panels[1:])


def test_series_are_drawn_to_their_end_and_labels_may_be_values() -> None:
    spec = spec_of(SERIES, LENGTH, task="regression")
    train = Encoded(series().inputs, np.linspace(0, 1, 24, dtype=np.float32), np.arange(24))
    written = draw_contact_sheet(train, SequencePolicy(SequenceChanges(crop=0.5), spec=spec), spec=spec)
    assert Image.open(BytesIO(written)).size == (900, 1080)


def test_few_examples_and_mixed_labels() -> None:
    spec = spec_of(GRAY)
    policy = ImagePolicy(MixedImageChanges(cutmix=1.0), spec=spec)
    written = draw_contact_sheet(pictures(2, gray=True), policy, spec=spec)
    assert Image.open(BytesIO(written)).size == (900, 270)


def test_names_of_classes_are_no_formulas_and_end_within_their_panel() -> None:
    policy = ImagePolicy(MixedImageChanges(brightness=0.5), spec=spec_of(GRAY))
    train = Encoded({"image": np.full((2, 12, 10, 1), 200, np.uint8)}, np.array([0, 1]), np.arange(2))
    prices = spec_of(GRAY).model_copy(update={"classes": (r"$\below$", "$" + "9" * 99, "other")})
    written = draw_contact_sheet(train, policy, spec=prices)
    sheet = np.asarray(Image.open(BytesIO(written)).convert("L"))
    assert sheet.shape == (270, 900)
    beside = sheet[150:, :12]  # of the second row, left of its first picture
    assert (beside > 250).all()
