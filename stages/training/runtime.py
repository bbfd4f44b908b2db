"""What is set once for the whole process: threads, devices, seeds, precision."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

LOGGER = logging.getLogger(__name__)


def start(*, threads: int, gpu_memory_growth: bool, deterministic: bool) -> None:
    """Set up TensorFlow before its first operation.

    Parameters
    ----------
    threads
        Threads of one operation, and operations at once; the last digits of a result may depend on it.
    gpu_memory_growth
        Take GPU memory as it is needed instead of all at once.
    deterministic
        Only use GPU kernels that give the same bits every time. Kernels for CPUs do so anyway.
    """
    gpus = tf.config.list_physical_devices("GPU")
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, gpu_memory_growth)
    except RuntimeError:
        LOGGER.warning(
            "TensorFlow was already running: train.threads=%d has no effect in this process", threads
        )
    if gpus and deterministic:
        tf.config.experimental.enable_op_determinism()


@contextmanager
def fresh_session(*, seed: int, mixed_precision: str) -> Iterator[None]:
    """Build and train inside: layer names and seeds start anew, numbers have the precision asked for.

    Parameters
    ----------
    mixed_precision
        ``none``, ``mixed_float16`` or ``mixed_bfloat16``; what was set before is set again afterwards.
    """
    before = keras.mixed_precision.dtype_policy()
    keras.utils.clear_session()
    keras.mixed_precision.set_dtype_policy("float32" if mixed_precision == "none" else mixed_precision)
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        keras.mixed_precision.set_dtype_policy(before)
