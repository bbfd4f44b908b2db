"""Random changes of a batch of pictures."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from stages.examples.encoded import Spec
from stages.policies.color import LUMA, random_factors, recolor, turn_hue
from stages.policies.compiling import compiled
from stages.policies.draws import Draws
from stages.policies.holes import cut_out
from stages.policies.image_changes import MixedImageChanges
from stages.policies.interface import Batch, Tensor
from stages.policies.mixing import Mix, mix_images, mix_rows, random_mix
from stages.policies.modality import check_input
from stages.policies.randaugment import Step, equalized, random_step, restyle, where_moved
from stages.policies.warp import random_maps, warp

IMAGE = "image"


class ImagePolicy:
    """Change pictures at random: move their pixels, recolour them, cut out squares, mix two of them.

    Pictures come out as float32, 0 to 255. Labels change only with the pictures they are mixed with: class
    probabilities and the values of a regression in proportion.

    Parameters
    ----------
    changes
        What may happen, and how much of it.
    spec
        Of the encoded examples; they have the input ``image``.

    Raises
    ------
    ValueError
        Where they have none.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec
    >>> image = InputSpec(name="image", dtype="uint8", shape=(1, 2, 1))
    >>> spec = Spec(task="binary", classes=("no", "yes"), inputs=(image,))
    >>> policy = ImagePolicy(MixedImageChanges(horizontal_flip=True), spec=spec)
    >>> pictures = tf.constant([[[[100], [50]]]], tf.uint8)
    >>> changed = policy({"image": pictures}, tf.constant([1]), None, seed=tf.constant([0, 3]))
    >>> changed.inputs["image"].numpy().ravel().tolist()
    [50.0, 100.0]
    """

    def __init__(self, changes: MixedImageChanges, *, spec: Spec) -> None:
        check_input(spec, IMAGE, changes="pictures")
        self.changes = changes
        self.soft_labels = changes.mixing and spec.task != "regression"

    def __call__(
        self, inputs: dict[str, Tensor], target: Tensor, weight: Tensor | None, *, seed: Tensor
    ) -> Batch:
        """Return the changed batch; pictures uint8 or float32 of 0 to 255."""
        check_target(target, soft_labels=self.soft_labels)
        images = inputs[IMAGE]
        draws = Draws(seed, tf.shape(images)[0])
        for number in range(self.changes.randaugment_operations):
            step = random_step(draws, number, magnitude=self.changes.randaugment_magnitude)
            images = self._operated(images, step)
        drawn = self._drawn(draws, height=images.shape[1], width=images.shape[2])
        batch = Batch({**inputs, IMAGE: self._changed(images, drawn)}, target, weight)
        return mixed(batch, drawn["mix"]) if "mix" in drawn else batch

    def _drawn(self, draws: Draws, *, height: int, width: int) -> dict[str, Any]:
        """Return what each change that is wanted does to each picture."""
        changes = self.changes
        size = {"height": height, "width": width}
        drawn: dict[str, Any] = {}
        if changes.geometric:
            drawn["maps"] = random_maps(changes, draws, **size)
        if changes.photometric:
            drawn["factors"] = random_factors(changes, draws)
        if changes.hue:
            drawn["hue"] = draws.within("hue", changes.hue)
        if changes.holes:
            drawn["holes"] = draws.uniform("holes", 0.0, 1.0, changes.holes, 2)
        if changes.mixing:
            drawn["mix"] = random_mix(changes, draws, **size)
        return drawn

    def _changed(self, images: Tensor, drawn: dict[str, Any]) -> Tensor:
        """Return the pictures with all that was drawn done to them, float32."""
        if "maps" in drawn:
            images = compiled(warp)(images, drawn["maps"], **self._manner())
        if "factors" in drawn:
            images = compiled(recolor)(images, drawn["factors"])
        if "hue" in drawn and images.shape[-1] == len(LUMA):
            images = compiled(turn_hue)(images, drawn["hue"])
        if "holes" in drawn:
            side = max(1, round(self.changes.hole_size * min(images.shape[1:3])))
            fill = self.changes.fill_value
            images = compiled(cut_out)(images, drawn["holes"], side=side, fill_value=fill)
        return compiled(mix_images)(images, drawn["mix"]) if "mix" in drawn else tf.cast(images, tf.float32)

    def _operated(self, images: Tensor, step: Step) -> Tensor:
        """Return the pictures with one operation of RandAugment done to each, float32."""
        moved = where_moved(step, height=images.shape[1], width=images.shape[2])
        styled = equalized(compiled(restyle)(images, step), step)
        return compiled(warp)(styled, moved, **self._manner())

    def _manner(self) -> dict[str, Any]:
        changes = self.changes
        return {
            "fill_mode": changes.fill_mode,
            "fill_value": changes.fill_value,
            "interpolation": changes.interpolation,
        }


def mixed(batch: Batch, mix: Mix) -> Batch:
    """Return `batch`, whose pictures are mixed already, with all else mixed likewise."""
    inputs = {name: each if name == IMAGE else mix_rows(each, mix) for name, each in batch.inputs.items()}
    weight = None if batch.weight is None else mix_rows(batch.weight, mix)
    return Batch(inputs, mix_rows(batch.target, mix), weight)


def check_target(target: Tensor, *, soft_labels: bool) -> None:
    """Refuse class ids where labels are mixed.

    Raises
    ------
    ValueError
        With what is needed.
    """
    if soft_labels and not target.dtype.is_floating:
        raise ValueError(
            "mixing pictures (augment.mixup, augment.cutmix) mixes their labels too: it needs class "
            f"probabilities, and received {target.dtype.name} class ids."
        )
