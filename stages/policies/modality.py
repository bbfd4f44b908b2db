"""Which augmentations fit which examples: what a refusal recommends."""

from __future__ import annotations

from typing import Protocol

from stages.examples.encoded import Spec

MADE_FOR = {
    "image": "image, image_mixup, image_cutmix, image_randaugment or image_balance",
    "sequence": "sequence or sequence_copies",
    "text": "eda or back_translation",
    "terms": "eda or back_translation",
    "numeric": "gaussian_noise, swap_noise or mixup",
    "categories": "swap_noise or mixup",
}
"""Choices by the input they change; the first input of the examples that is here decides."""


class Changes(Protocol):
    """Values of a policy."""

    @property
    def idle(self) -> bool:
        """Whether nothing happens."""
        ...


def check_input(spec: Spec, name: str, *, changes: str) -> None:
    """Refuse examples that lack the input `name`.

    Parameters
    ----------
    changes
        What the augmentation changes, in words.

    Raises
    ------
    ValueError
        With the augmentations made for the inputs there are.

    Examples
    --------
    >>> from stages.examples.encoded import InputSpec
    >>> terms = InputSpec(name="terms", dtype="float32", shape=(9,), sparse=True)
    >>> spec = Spec(task="binary", classes=("no", "yes"), inputs=(terms,))
    >>> check_input(spec, "image", changes="pictures")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: this augmentation changes pictures, and these examples have none: their input is terms. ...
    """
    if spec.input(name) is None:
        names = [each.name for each in spec.inputs]
        raise ValueError(
            f"this augmentation changes {changes}, and these examples have none: their input is "
            f"{' and '.join(names)}. Take {fitting(names)}, or augment=none."
        )


def check_busy(changes: Changes, *, example: str) -> None:
    """Refuse changes none of which is switched on.

    Parameters
    ----------
    example
        What could be switched on, as written on the command line.

    Raises
    ------
    ValueError
        With the remedy.
    """
    if changes.idle:
        raise ValueError(
            "this augmentation changes nothing: every change is 0 or false. Switch one on "
            f"({example}), or take augment=none."
        )


def fitting(names: list[str]) -> str:
    """Return what to take for examples with the inputs `names`.

    Examples
    --------
    >>> fitting(["numeric", "categories"])
    'augment=gaussian_noise, swap_noise or mixup, which are made for it'
    """
    made = next((choices for name, choices in MADE_FOR.items() if name in names), "")
    return f"augment={made}, which are made for it" if made else "one made for it"
