"""What may happen to a series, and how much of it: values only, free of TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class SequenceChanges:
    """How much series are changed at random; with the defaults nothing happens.

    Um et al. (2017), Data Augmentation of Wearable Sensor Data for Parkinson's Disease Monitoring using
    Convolutional Neural Networks, ICMI: jitter, scaling, both warps, permutation. Le Guennec, Malinowski &
    Tavenard (2016), Data Augmentation for Time Series Classification using Convolutional Neural Networks:
    window slicing and window warping. Park et al. (2019), SpecAugment, Interspeech: masks.

    Parameters
    ----------
    jitter
        Noise on each value, in standard deviations of its channel in the series.
    scaling
        Standard deviation of a factor around 1, one for each channel.
    magnitude_warp
        Standard deviation of the points of a smooth curve around 1, one for each channel, that multiplies it.
    time_warp
        Standard deviation of the points of a smooth curve around 1: the speed at which the series is run
        through; it keeps its length.
    knots
        Number of points of each curve.
    window_slice
        Fraction of the series that is left out, at its ends; the rest is stretched to the old length.
    window_warp
        Length of a window, as a fraction of the series, that is run through at half or at double speed; the
        whole is brought to the old length.
    crop
        Up to this fraction of the steps is left out, at the ends; the series gets shorter.
    permutation
        Number of equal parts that are put in random order; 0 or 1: none.
    time_mask
        Up to this fraction of the steps, one after another, are set to 0.
    channel_mask
        Probability of each channel to be set to 0; one channel always stays.
    """

    jitter: float = 0.0
    scaling: float = 0.0
    magnitude_warp: float = 0.0
    time_warp: float = 0.0
    knots: int = 4
    window_slice: float = 0.0
    window_warp: float = 0.0
    crop: float = 0.0
    permutation: int = 0
    time_mask: float = 0.0
    channel_mask: float = 0.0

    @property
    def retimed(self) -> bool:
        """Whether steps are read at other places."""
        return bool(
            self.time_warp or self.window_slice or self.window_warp or self.crop or self.permutation > 1
        )

    @property
    def idle(self) -> bool:
        """Whether nothing happens.

        Examples
        --------
        >>> SequenceChanges().idle, SequenceChanges(jitter=0.1).idle
        (True, False)
        """
        changes = [each.name for each in fields(SequenceChanges) if each.name != "knots"]
        return not any(getattr(self, name) for name in changes)
