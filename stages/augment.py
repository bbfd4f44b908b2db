"""Make new training examples out of the resampled ones, or say how training is to change them on the fly.

Reads the train part and the spec of data/encode, and data/resample; for augmenters of texts, data/clean
and the fitted preprocessing too. Writes data/augment: the new examples, policy.json, report.json, and for
pictures and series contact_sheet.png. Run: python -m stages.augment [augment=mixup]
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from stages.examples.encoded import Array, Encoded, Spec, concatenate
from stages.settings.augment import AugmentConfig
from stages.shell.stage import Store, build, stage
from stages.shell.store import real_root

logger = logging.getLogger(__name__)


class Augmenter(Protocol):
    """What every augmenter can do.

    It may have more. ``policy_document(spec)`` returns what training is to change on the fly, a kind and
    its values (see `stages.policies.read_policy`); ``copied_with()`` the document of the policy that its
    copies are changed with; ``notes(train, spec=spec)`` what is odd about it here. One with
    ``needs_rows = True`` is called with three more keywords: `rows`, the rows of the table of examples that
    `train` was made of, in its order, all cells missing for a row that was made up; `preprocessing`, which
    encodes them; `cache`, a folder for what is dear to make.
    """

    def augment(self, train: Encoded, *, spec: Spec, **raw: Any) -> Encoded:
        """Return new examples made from `train`."""
        ...


class Augmented(NamedTuple):
    """New examples, the report on them, and what is to happen on the fly."""

    made: Encoded
    report: dict[str, Any]
    policy: dict[str, Any]


def augment(train: Encoded, augmenter: Augmenter, *, spec: Spec, **raw: Any) -> Augmented:
    """Return the new examples that `augmenter` makes of the resampled rows; `train` is not changed.

    Parameters
    ----------
    raw
        Keywords for an augmenter that needs rows.

    Raises
    ------
    ValueError
        Where the augmenter cannot work on these examples, with the remedy.
    """
    made = augmenter.augment(train, spec=spec, **raw)
    describe = getattr(augmenter, "policy_document", None)
    policy = {"policy": describe(spec) if describe else None}
    note = getattr(augmenter, "notes", None)
    report = {
        "augmenter": type(augmenter).__name__,
        "rows": len(train),
        "made": len(made),
        "notes": note(train, spec=spec) if note else [],
    }
    return Augmented(made, report, policy)


def contact_sheet(
    train: Encoded, augmenter: Augmenter, policy: dict[str, Any], *, spec: Spec
) -> bytes | None:
    """Return a PNG of what happens to pictures or series, or None where nothing happens to them."""
    copied_with = getattr(augmenter, "copied_with", None)
    document = copied_with() if copied_with else policy
    if document["policy"] is None:
        return None
    from stages.policies import read_policy
    from stages.policies.contact_sheet import draw_contact_sheet

    live = read_policy(document, spec=spec)
    return None if live is None else draw_contact_sheet(train, live, spec=spec)


def raw_rows(position: Array, store: Store) -> dict[str, Any]:
    """Return what an augmenter needs that works on the rows of the table of examples."""
    from stages.transformers.preprocessing import TRUSTED

    cache: Path = real_root() / "scratch" / "cache"  # scratch/augment is what a run by hand writes anew
    return {
        "rows": store.read_table("clean", "examples.parquet").reindex(position).reset_index(drop=True),
        "preprocessing": store.read_estimator("encode", "preprocessing.skops", trusted=TRUSTED),
        "cache": cache,
    }


@stage(AugmentConfig)
def main(config: AugmentConfig, store: Store) -> None:
    """Read the resampled training rows, augment them, write the new ones."""
    spec = store.read_model("encode", "spec.json", Spec)
    picked = store.read_encoded("encode", "train").take(store.read_array("resample", "picks.npy"))
    train = concatenate([picked, store.read_encoded("resample", "made")])
    augmenter = build(config.augment)
    raw = raw_rows(train.position, store) if getattr(augmenter, "needs_rows", False) else {}
    result = augment(train, augmenter, spec=spec, **raw)
    sheet = contact_sheet(train, augmenter, result.policy, spec=spec)
    if sheet is not None:
        (store.output / "contact_sheet.png").write_bytes(sheet)
    logger.info("%d rows, %d new ones made", len(train), len(result.made))
    store.write_encoded("made", result.made)
    store.write_json("policy.json", result.policy)
    store.write_json("report.json", result.report)


if __name__ == "__main__":
    main()
