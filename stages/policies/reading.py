"""From the document that stage `augment` writes to the policy it describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stages.examples.encoded import Spec
from stages.policies.image_changes import MixedImageChanges
from stages.policies.interface import Policy
from stages.policies.sequence_changes import SequenceChanges


def read_policy(document: Mapping[str, Any], *, spec: Spec) -> Policy | None:
    """Return the policy that ``policy.json`` describes, or None where nothing changes on the fly.

    Parameters
    ----------
    document
        ``{"policy": null}``, or ``{"policy": {"kind": "image" or "sequence", "values": {...}}}``.

    Raises
    ------
    ValueError
        Where the policy is of a kind not known here, or the examples lack what it changes.

    Examples
    --------
    >>> read_policy({"policy": None}, spec=Spec(task="binary", classes=("no", "yes"), inputs=())) is None
    True
    """
    described = document["policy"]
    if described is None:
        return None
    kind, values = described["kind"], described["values"]
    from stages.training.quiet import import_tensorflow

    import_tensorflow()
    if kind == "image":
        from stages.policies.image import ImagePolicy

        return ImagePolicy(MixedImageChanges(**values), spec=spec)
    if kind == "sequence":
        from stages.policies.sequence import SequencePolicy

        return SequencePolicy(SequenceChanges(**values), spec=spec)
    raise ValueError(
        f"data/augment/policy.json describes a policy of kind {kind!r}, and known are image and sequence. "
        "Run `dvc repro augment`, which writes it anew."
    )
