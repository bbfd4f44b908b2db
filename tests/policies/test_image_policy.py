"""Policies of pictures: pure, and true to labels and other inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from encoded_rows import build, choices
from policy_cases import GRAY, IMAGE, NUMBERS, pictures, spec_of

from stages.policies import Batch, Policy, read_policy
from stages.policies.image import ImagePolicy
from stages.policies.image_changes import ImageChanges, MixedImageChanges

SPEC = spec_of(IMAGE)
ON_THE_FLY = [name for name in choices("augment") if name.startswith("image") and name != "image_balance"]
LABELS = np.eye(3, dtype=np.float32)[pictures().target]


def policy_of(name: str, spec: Any = SPEC, **changes: Any) -> Policy:
    document = {"policy": build("augment", name, **changes).policy_document(spec)}
    policy = read_policy(document, spec=spec)
    assert policy is not None
    return policy


def changed(policy: Policy, *, seed: tuple[int, int] = (1, 2), weight: Any = None, **inputs: Any) -> Batch:
    images = inputs.pop("image", pictures().inputs["image"])
    given = {name: tf.constant(each) for name, each in {"image": images, **inputs}.items()}
    return policy(given, tf.constant(LABELS[: len(images)]), weight, seed=tf.constant(seed))


@pytest.mark.parametrize("name", ON_THE_FLY)
def test_every_choice_is_a_pure_function_of_the_seed(name: str) -> None:
    policy = policy_of(name)
    once = changed(policy)
    np.testing.assert_array_equal(once.inputs["image"], changed(policy_of(name)).inputs["image"])
    assert once.inputs["image"].shape == (24, 12, 10, 3)
    assert once.inputs["image"].dtype in (tf.uint8, tf.float32)
    assert 0 <= once.inputs["image"].numpy().min() <= once.inputs["image"].numpy().max() <= 255
    other = changed(policy, seed=(1, 3))
    assert (once.inputs["image"].numpy() != other.inputs["image"].numpy()).mean() > 0.5
    assert policy.soft_labels == (name in ("image_mixup", "image_cutmix"))
    if not policy.soft_labels:
        np.testing.assert_array_equal(once.target, LABELS)
    np.testing.assert_allclose(once.target.numpy().sum(axis=1), 1, atol=1e-5)


def test_in_a_data_set_it_does_what_it_does_alone() -> None:
    policy = policy_of("image_cutmix", randaugment_operations=1)

    def gathered(step: Any) -> Any:
        inputs = {"image": tf.constant(pictures().inputs["image"])}
        return policy(inputs, tf.constant(LABELS), None, seed=tf.stack([1, tf.cast(step, tf.int32)]))[:2]

    batches = list(tf.data.Dataset.range(2, 4).map(gathered))
    for step, (inputs, target) in enumerate(batches, start=2):
        alone = changed(policy, seed=(1, step))
        np.testing.assert_allclose(inputs["image"], alone.inputs["image"], atol=1e-3)
        np.testing.assert_allclose(target, alone.target, atol=1e-6)


def test_a_change_more_leaves_the_others_as_they_were() -> None:
    flips = ImagePolicy(MixedImageChanges(horizontal_flip=True), spec=SPEC)
    both = ImagePolicy(MixedImageChanges(horizontal_flip=True, holes=1, fill_value=300.0), spec=SPEC)
    images, cut = changed(flips).inputs["image"].numpy(), changed(both).inputs["image"].numpy()
    np.testing.assert_array_equal(np.where(cut == 300, images, cut), images)
    own = pictures().inputs["image"]
    mirrored = (images == own[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (mirrored | (images == own).all(axis=(1, 2, 3))).all()
    assert 5 < mirrored.sum() < 19


def test_uint8_and_float_pictures_come_out_alike() -> None:
    policy = policy_of("image", mixup=0.3)
    whole = changed(policy).inputs["image"]
    real = changed(policy, image=pictures().inputs["image"].astype(np.float32)).inputs["image"]
    np.testing.assert_allclose(whole, real, atol=1e-3)


def test_gray_pictures_and_single_rows() -> None:
    spec = spec_of(GRAY)
    policy = policy_of("image_randaugment", spec, hue=0.5, saturation=0.5)
    images = pictures(gray=True).inputs["image"]
    assert changed(policy, image=images).inputs["image"].shape == images.shape
    alone = changed(policy_of("image_cutmix", spec), image=images[:1])
    assert alone.inputs["image"].shape == (1, 12, 10, 1)
    np.testing.assert_allclose(alone.target, LABELS[:1])


def test_mixing_mixes_numbers_and_weights_likewise() -> None:
    spec = spec_of(IMAGE, NUMBERS)
    policy = ImagePolicy(MixedImageChanges(mixup=1.0), spec=spec)
    numbers = LABELS[:, :2]
    batch = changed(policy, numeric=numbers, weight=tf.constant(LABELS[:, 2]))
    np.testing.assert_allclose(batch.inputs["numeric"], batch.target[:, :2], atol=1e-6)
    np.testing.assert_allclose(batch.weight, batch.target[:, 2], atol=1e-6)
    assert (batch.target.numpy().max(axis=1) < 0.999).any()


def test_other_inputs_pass_where_nothing_is_mixed() -> None:
    batch = changed(policy_of("image"), numeric=LABELS[:, :2], weight=tf.constant(LABELS[:, 2]))
    np.testing.assert_array_equal(batch.inputs["numeric"], LABELS[:, :2])
    np.testing.assert_array_equal(batch.weight, LABELS[:, 2])


def test_values_of_a_regression_are_mixed_too() -> None:
    spec = spec_of(IMAGE, task="regression")
    policy = ImagePolicy(MixedImageChanges(cutmix=1.0), spec=spec)
    assert not policy.soft_labels
    values = np.arange(24, dtype=np.float32)
    images = np.tile(values.astype(np.uint8)[:, np.newaxis, np.newaxis, np.newaxis], (1, 12, 10, 3))
    batch = policy({"image": tf.constant(images)}, tf.constant(values), None, seed=tf.constant([0, 0]))
    np.testing.assert_allclose(batch.target, batch.inputs["image"].numpy().mean(axis=(1, 2, 3)), rtol=1e-5)
    assert (batch.target.numpy() != values).sum() > 12


def test_class_ids_cannot_be_mixed() -> None:
    with pytest.raises(ValueError, match=r"needs class probabilities, and received int64 class ids"):
        policy_of("image_mixup")(
            {"image": tf.constant(pictures().inputs["image"])},
            tf.constant(pictures().target),
            None,
            seed=tf.constant([0, 0]),
        )


def test_examples_without_pictures_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"changes pictures.*numeric.*augment=gaussian_noise, swap_noise or mixup"
    ):
        ImagePolicy(MixedImageChanges(rotation=5), spec=spec_of(NUMBERS))


@pytest.mark.parametrize("name", ["hole_size", "fill_value", "randaugment_magnitude"])
def test_how_alone_changes_nothing(name: str) -> None:
    assert ImageChanges(**{name: 1}).idle
    assert not MixedImageChanges(cutmix=1.0, **{name: 1}).idle


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="policy of kind 'sound'"):
        read_policy({"policy": {"kind": "sound", "values": {}}}, spec=SPEC)
