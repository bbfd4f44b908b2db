"""How many pictures a second are augmented, beside ImageDataGenerator and Keras layers one after another.

Rotation, shift, shear, zoom and horizontal flip of the same 64 x 64 colour pictures (random ones: their
content does not matter), equally strong, bilinear, the border's pixels repeated, in batches of 64. The
policy and the layers run in a `tf.data` map set up as training does it: one thread of its own, two batches
ahead, kernels sharing TensorFlow's threads, of which there is one for each core. ImageDataGenerator
transforms one picture after another with SciPy in one thread, which is how `fit` iterates it by default;
pictures per second of CPU time, beside it, do not depend on threads. All take turns after a first pass that
traces and compiles; the median of the ratios of all rounds counts. Bars: 4 times ImageDataGenerator, 2.5
times the layers.
Run: python -m benchmarks.augmentation_speed
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import stages.training  # noqa: F401 - TensorFlow, without its chatter
from stages.examples.encoded import InputSpec, Spec

SIZE, PICTURES, BATCH, ROUNDS = 64, 2048, 64, 7
DEGREES, SHIFT, SHEAR, ZOOM = 15.0, 0.1, 10.0, 0.1
POLICY, LAYERS, GENERATOR = "policy", "Keras layers", "ImageDataGenerator"
BARS = {GENERATOR: 4.0, LAYERS: 2.5}


class Speed(NamedTuple):
    """Pictures for each second that passed, and for each second of CPU time."""

    wall: float
    cpu: float


def main() -> int:
    """Measure, print, and return 1 where a bar is missed."""
    import tensorflow as tf

    pictures = np.random.default_rng(0).integers(0, 256, (PICTURES, SIZE, SIZE, 3), dtype=np.uint8)
    ways = {POLICY: policy(pictures), LAYERS: layers(pictures), GENERATOR: generator(pictures)}
    measured = measure(ways)
    print(f"{PICTURES} pictures of {SIZE} x {SIZE} x 3, batches of {BATCH}, {ROUNDS} rounds in turn")
    print(f"TensorFlow {tf.__version__}, {len(tf.config.list_logical_devices('CPU'))} CPU device, ", end="")
    print(
        f"{tf.config.threading.get_intra_op_parallelism_threads() or 'all cores as'} threads of an operation"
    )
    for name, speeds in measured.items():
        wall, cpu = (statistics.median(getattr(each, kind) for each in speeds) for kind in Speed._fields)
        print(f"{name:20} {wall:8.0f} pictures/s {cpu:8.0f} pictures/s of CPU time")
    met = [show(measured, name, bar) for name, bar in BARS.items()]
    return int(not all(met))


def show(measured: dict[str, list[Speed]], name: str, bar: float) -> bool:
    """Print how much faster the policy is than `name`; return whether that meets `bar`."""
    pairs = list(zip(measured[POLICY], measured[name], strict=True))
    wall = statistics.median(ours.wall / theirs.wall for ours, theirs in pairs)
    cpu = statistics.median(ours.cpu / theirs.cpu for ours, theirs in pairs)
    print(f"policy / {name}: {wall:.1f} times (CPU time: {cpu:.1f}), at least {bar}: {_verdict(wall >= bar)}")
    return wall >= bar


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def measure(ways: dict[str, Callable[[], int]]) -> dict[str, list[Speed]]:
    """Return the speeds of each way, run in turn."""
    for run in ways.values():
        run()
    speeds: dict[str, list[Speed]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, run in ways.items():
            began = time.perf_counter(), time.process_time()
            count = run()
            wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
            speeds[name].append(Speed(count / wall, count / cpu))
    return speeds


def policy(pictures: Any) -> Callable[[], int]:
    """Return one pass over the pictures with the policy of ``augment=image``."""
    import tensorflow as tf

    from stages.policies.image import ImagePolicy
    from stages.policies.image_changes import MixedImageChanges

    image = InputSpec(name="image", dtype="uint8", shape=pictures.shape[1:])
    changes = MixedImageChanges(
        rotation=DEGREES, shift=SHIFT, shear=SHEAR, zoom=ZOOM, horizontal_flip=True, fill_mode="nearest"
    )
    change = ImagePolicy(changes, spec=Spec(task="binary", classes=("a", "b"), inputs=(image,)))
    target = tf.zeros(BATCH)

    def changed(step: Any, batch: Any) -> Any:
        return change({"image": batch}, target, None, seed=tf.stack([0, tf.cast(step, tf.int32)])).inputs[
            "image"
        ]

    return one_pass(batches(pictures).enumerate().map(changed))


def layers(pictures: Any) -> Callable[[], int]:
    """Return one pass over the pictures with Keras' layers one after another."""
    import keras

    border = {"fill_mode": "nearest"}
    chain = [
        keras.layers.RandomRotation(DEGREES / 360, **border),
        keras.layers.RandomTranslation(SHIFT, SHIFT, **border),
        keras.layers.RandomShear(math.tan(math.radians(SHEAR)), **border),
        keras.layers.RandomZoom(ZOOM, **border),
        keras.layers.RandomFlip("horizontal"),
    ]

    def changed(batch: Any) -> Any:
        for layer in chain:
            batch = layer(batch, training=True)
        return batch

    return one_pass(batches(pictures).map(changed))


def batches(pictures: Any) -> Any:
    """Return the pictures in batches."""
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices(pictures).batch(BATCH, drop_remainder=True)


def one_pass(data: Any) -> Callable[[], int]:
    """Return what goes through `data` once, with the options of training, and counts the pictures."""
    from stages.training.feeding import AHEAD, _options

    ready = data.prefetch(AHEAD).with_options(_options())
    return lambda: sum(len(batch) for batch in ready)


def generator(pictures: Any) -> Callable[[], int]:
    """Return a pass over a quarter of the pictures with ImageDataGenerator, which takes that long."""
    import tensorflow as tf

    flow = tf.keras.preprocessing.image.ImageDataGenerator(
        rotation_range=DEGREES,
        width_shift_range=SHIFT,
        height_shift_range=SHIFT,
        shear_range=SHEAR,
        zoom_range=ZOOM,
        horizontal_flip=True,
        fill_mode="nearest",
    ).flow(pictures, batch_size=BATCH, shuffle=False)
    return lambda: sum(len(flow[number]) for number in range(PICTURES // 4 // BATCH))


if __name__ == "__main__":
    sys.exit(main())
