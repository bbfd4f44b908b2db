"""What may happen to a picture, and how much of it: values only, free of TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

FillMode = Literal["constant", "nearest", "reflect", "wrap"]
Interpolation = Literal["nearest", "bilinear"]

MANNER = ("fill_mode", "fill_value", "interpolation", "hole_size", "randaugment_magnitude")
"""Fields that say how something is done, not whether."""


@dataclass(frozen=True)
class ImageChanges:
    """How much pictures are changed at random; with the defaults nothing happens.

    Where a number gives a range, each picture draws its own value from it, evenly.

    Parameters
    ----------
    rotation
        Up to so many degrees either way.
    shift
        Up to this fraction of height and width either way.
    shear
        Up to so many degrees either way, along the rows.
    zoom
        Things appear 1 - zoom to 1 + zoom times as large.
    horizontal_flip, vertical_flip
        Whether half of the pictures are mirrored left to right, put upside down.
    crop_padding
        The picture is padded by so many pixels on each side and cropped to its size at a random place.
    fill_mode
        What lies beyond the border: ``constant`` (`fill_value`), ``nearest`` (the border's pixels),
        ``reflect`` (dcba|abcd|dcba) or ``wrap`` (abcd|abcd|abcd).
    fill_value
        0 to 255; cut-out fills with it too.
    interpolation
        ``bilinear`` or ``nearest``.
    brightness, contrast, saturation
        Factors 1 - x to 1 + x, as in Pillow's ImageEnhance.
    hue
        Moved up to this fraction of the colour circle either way, at most 0.5.
    holes, hole_size
        Cut-out: number of squares, and their side as a fraction of the shorter side of the picture. DeVries &
        Taylor (2017), Improved Regularization of CNNs with Cutout, arXiv:1708.04552.
    randaugment_operations, randaugment_magnitude
        RandAugment: random operations for each picture, and their strength, 0 to 10. Cubuk et al. (2020),
        RandAugment, CVPR Workshops.
    """

    rotation: float = 0.0
    shift: float = 0.0
    shear: float = 0.0
    zoom: float = 0.0
    horizontal_flip: bool = False
    vertical_flip: bool = False
    crop_padding: int = 0
    fill_mode: FillMode = "reflect"
    fill_value: float = 0.0
    interpolation: Interpolation = "bilinear"
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    holes: int = 0
    hole_size: float = 0.25
    randaugment_operations: int = 0
    randaugment_magnitude: float = 5.0

    @property
    def geometric(self) -> bool:
        """Whether pixels move."""
        moved = (self.rotation, self.shift, self.shear, self.zoom, self.crop_padding)
        return any(moved) or self.horizontal_flip or self.vertical_flip

    @property
    def photometric(self) -> bool:
        """Whether colours change, hue left out."""
        return any((self.brightness, self.contrast, self.saturation))

    @property
    def idle(self) -> bool:
        """Whether nothing happens.

        Examples
        --------
        >>> ImageChanges().idle, ImageChanges(rotation=10).idle
        (True, False)
        """
        changes = [each.name for each in fields(MixedImageChanges) if each.name not in MANNER]
        return not any(getattr(self, name, 0) for name in changes)


@dataclass(frozen=True)
class MixedImageChanges(ImageChanges):
    """How much pictures are changed at random and mixed with each other.

    Parameters
    ----------
    mixup
        Alpha of Beta(alpha, alpha), from which the share of a picture and its label in a mix of two is drawn.
        Zhang et al. (2018), mixup: Beyond Empirical Risk Minimization, ICLR.
    cutmix
        Likewise the area that stays, the rest taken from another picture. Yun et al. (2019), CutMix, ICCV.
        With `mixup` too, half of the pictures are mixed in either way.
    """

    mixup: float = 0.0
    cutmix: float = 0.0

    @property
    def mixing(self) -> bool:
        """Whether pictures, and so labels, are mixed."""
        return bool(self.mixup or self.cutmix)
