"""The data sets and pages that `benchmarks.scores` runs, and what others have published on the same sets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One data set and the page that is run on it.

    Attributes
    ----------
    page
        The experiment, relative to the project.
    files
        What is brought, relative to the folder of public data; empty where the project carries it.
    bring
        Further words for `upcurve new data`.
    overrides
        What differs from the page.
    folds
        Folds of a cross-validation; 0: the split of the page.
    seeds
        How many seeds are run, at most.
    published
        What others have reached, with its source.
    bar
        The accuracy wanted.
    """

    page: str
    files: tuple[str, ...] = ()
    bring: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    folds: int = 0
    seeds: int = 3
    published: str = ""
    bar: float | None = None


UCR = {
    "ECG200": (0.889, 0.874),
    "FaceAll": (0.945, 0.839),
    "GunPoint": (1.0, 0.991),
    "ItalyPowerDemand": (0.961, 0.963),
    "PhalangesOutlinesCorrect": (0.820, 0.839),
    "SwedishLeaf": (0.969, 0.956),
}
"""Accuracy of FCN and ResNet on the official test part, mean of ten runs: Fawaz et al. (2019), Deep learning
for time series classification: a review, Data Mining and Knowledge Discovery 33; table in the README of its
repository hfawaz/dl-4-tsc."""

OFFICIAL = "split.strategy=predefined"
"""The test part that comes with the data; validation is drawn from the rest."""
FASHION = ("/usr/share/datasets/fashion-mnist/*.gz",)
WEIGHTS = "model.weights={data}/weights/mobilenet_v2_0.35_224_notop.weights.h5"

CASES: dict[str, Case] = {
    "fashion_mnist_cnn": Case(
        "conf/experiment/fashion.yaml",
        FASHION,
        ("--name", "fashion_mnist"),
        overrides=("dataset=fashion_mnist", OFFICIAL),
        published="2 conv + pooling .916, 3 conv + BN .921 (README of Fashion-MNIST)",
        bar=0.925,
        seeds=3,
    ),
    "fashion_mnist_resnet": Case(
        "benchmarks/experiments/fashion_mnist_resnet.yaml",
        FASHION,
        ("--name", "fashion_mnist"),
        published="MobileNet .950, WRN-28-10 .959 (README of Fashion-MNIST)",
        bar=0.94,
        seeds=1,
    ),
    "hymenoptera": Case(
        "conf/experiment/photos.yaml",
        ("hymenoptera/images",),
        ("--name", "hymenoptera"),
        overrides=("dataset=hymenoptera", WEIGHTS),
        folds=5,
        published="frozen ResNet18 .954 (PyTorch's tutorial, its own split)",
        bar=0.889,
    ),
    "flowers": Case(
        "conf/experiment/photos.yaml",
        ("flowers/images",),
        ("--name", "flowers"),
        overrides=("dataset=flowers", WEIGHTS),
        folds=5,
        bar=0.893,
    ),
    "sms_spam": Case(
        "benchmarks/experiments/sms_spam.yaml",
        ("sms_spam/sms_spam.csv.gz",),
        ("--name", "sms_spam"),
        published="SVM .976 (Almeida 2011)",
        bar=0.987,
    ),
    "imdb": Case(
        "benchmarks/experiments/imdb.yaml",
        ("imdb_reviews/*.csv.xz",),
        ("--name", "imdb"),
        overrides=("dataset.columns.text=[text]", "dataset.columns.ignored=[id,rating]"),
        published="Keras' 1D convnet .864",
        bar=0.885,
    ),
    "sst2": Case(
        "benchmarks/experiments/sst2.yaml",
        ("sst2_sentences/*.csv.gz",),
        ("--name", "sst2"),
        published="CNN .827 random vectors, .872 pretrained (Kim 2014)",
        bar=0.82,
    ),
    "vowels": Case("conf/experiment/vowels.yaml", published="FCN .993, ResNet .991 (Fawaz 2019)", bar=0.985),
    **{
        name: Case(
            "benchmarks/experiments/series.yaml",
            (f"ucr_timeseries/{name}.npz",),
            ("--name", name.lower()),
            overrides=(f"dataset={name.lower()}",),
            published=f"Keras FCN {fcn:.3f}, ResNet {resnet:.3f} (Fawaz 2019)",
            bar=round(fcn - 0.02, 3),
        )
        for name, (fcn, resnet) in UCR.items()
    },
    "emails": Case("conf/experiment/emails.yaml"),
    "fashion": Case("conf/experiment/fashion.yaml"),
    "credit": Case("conf/experiment/credit.yaml"),
    "ames": Case("conf/experiment/ames.yaml"),
}
