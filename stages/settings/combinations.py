"""Combinations of parameters of different sections that cannot work, refused before anything runs."""

from __future__ import annotations

from collections.abc import Iterator

from stages.settings.experiment import Settings

Refusal = tuple[str, str]
CLASSES_ONLY = {
    "stages.losses.cross_entropy.build_cross_entropy": "cross_entropy",
    "stages.losses.focal.build_focal": "focal",
}

SPLIT = ("image_folder", "text_folder", "npz", "idx")
"""Formats that may give the parts themselves: folders train/ and test/, arrays X_train and X_test."""


def impossible(settings: Settings) -> Iterator[Refusal]:
    """Yield (key, why and what to do instead) for every combination that cannot work.

    What depends on the data itself (the number of classes, the smallest class, a task that is inferred) is
    refused by the first stage that knows it.
    """
    yield from _columns_of_the_split(settings)
    if settings.dataset.task == "regression":
        yield from _classes_of_a_regression(settings)
    if settings.dataset.task == "classification":
        yield from _values_of_a_classification(settings)


def _columns_of_the_split(settings: Settings) -> Iterator[Refusal]:
    data, strategy = settings.dataset, settings.split.strategy.target.rpartition(".")[2]
    key, example = "split.strategy", "upcurve run dataset.{}=COLUMN split/strategy={}"
    if strategy in ("Grouped", "GroupedStratified") and data.group is None:
        how = example.format("group", "grouped")
        yield key, f"a grouped split needs the column that names the group, but dataset.group is null ({how})"
    if strategy == "ByTime" and data.time is None:
        how = example.format("time", "by_time")
        yield key, f"a split by time needs the column of the time, but dataset.time is null ({how})"
    if strategy == "Predefined" and data.part is None and not data.parts.files() and data.format not in SPLIT:
        yield (
            key,
            (
                "a predefined split needs dataset.part (a column that says train, validation or test) or "
                f"dataset.parts (files of each), but both are empty in conf/dataset/{data.name}.yaml"
            ),
        )


def _classes_of_a_regression(settings: Settings) -> Iterator[Refusal]:
    why = "makes sense for classes only, but dataset.task is regression"
    if not settings.resample.target.endswith(".NoSampler"):
        yield "resample", f"resampling {why}: choose resample=none (for a skewed target: encode/target=log1p)"
    if settings.augment.keywords().get("within_class") is True:
        yield "augment", f"augment.within_class=true {why}: choose augment.within_class=false"
    if settings.augment.keywords().get("ratio"):
        remedy = "choose augment.ratio=0.0 augment.copies=1 (for texts augment.ratio=null)"
        yield "augment", f"augment.ratio {why}: {remedy}"
    if settings.train.loss.target in CLASSES_ONLY:
        name = CLASSES_ONLY[settings.train.loss.target]
        yield "train.loss", f"{name} {why}: choose train/loss=auto, mean_squared_error, huber, ..."
    if not settings.train.class_weight.target.endswith(".class_weight.equal"):
        yield "train.class_weight", f"class weights {why}: choose train/class_weight=none"


def _values_of_a_classification(settings: Settings) -> Iterator[Refusal]:
    if not settings.encode.target.target.endswith((".Identity", ".Automatic")):
        why = "transforms values, but dataset.task is classification: choose encode/target=auto"
        yield "encode.target", f"a target transformation {why}"
