"""Types of the section `resample`: one model for each sampler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StrictBool, StrictFloat, StrictInt

from stages.settings.choice import Choice, OneOf, Section, TypedChoice
from stages.settings.seeded import Seeded

WORDS = ("auto", "majority", "minority", "not minority", "not majority", "all")


def _check_numbers(strategy: Any) -> Any:
    """Let a word, a ratio or rows by class pass."""
    if isinstance(strategy, str) and strategy in WORDS:
        return strategy
    if isinstance(strategy, int | float) and not isinstance(strategy, bool) and 0 < strategy <= 1:
        return float(strategy)
    if isinstance(strategy, Mapping) and strategy and all(map(_is_count, strategy.values())):
        return strategy
    raise ValueError(
        f"must be one of {', '.join(WORDS)}; a ratio above 0 and up to 1 (two classes only); or the number "
        "of rows of each class, by its name ({bad: 2000})"
    )


def _check_names(strategy: Any) -> Any:
    """Let a word or a list of classes pass."""
    if (isinstance(strategy, str) and strategy in WORDS) or (isinstance(strategy, list) and strategy):
        return strategy
    raise ValueError(
        f"must be one of {', '.join(WORDS)}, or a list of class names ([good]): this sampler finds itself "
        "how many rows to remove"
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


Numbers = Annotated[str | float | dict[Any, int], PlainValidator(_check_numbers)]
Names = Annotated[str | list[Any], PlainValidator(_check_names)]
Neighbours = Annotated[StrictInt, Field(ge=1)]
Estimator = Choice | None


class NoSampler(TypedChoice):
    """The training rows as they are."""


class OverSampler(Seeded):
    """What all samplers share that add rows."""

    sampling_strategy: Numbers = Field(
        description="which classes to enlarge; a ratio (two classes); or rows each is to have, by class name"
    )


class Synthetic(OverSampler):
    """What all samplers share that make rows between neighbours."""

    k_neighbors: Neighbours = Field(description="neighbours of the same class among which new rows are made")


class UnderSampler(TypedChoice):
    """What all samplers share that remove rows down to a number."""

    sampling_strategy: Numbers = Field(
        description="which classes to reduce; a ratio (two classes); or rows each is to keep, by class name"
    )


class CleaningSampler(TypedChoice):
    """What all samplers share that remove rows by their own judgement."""

    sampling_strategy: Names = Field(description="which classes to clean: a word or a list of class names")


class EditedSampler(CleaningSampler):
    """What the samplers share that remove rows unlike their neighbours."""

    n_neighbors: Neighbours = Field(description="neighbours asked about each row")
    kind_sel: Literal["all", "mode"] = Field(
        description="all: every neighbour must agree for the row to stay; mode: most of them"
    )


class RandomOverSampler(OverSampler):
    """Repeats rows of the small classes."""

    shrinkage: Annotated[StrictFloat, Field(ge=0)] | None = Field(
        description="null: exact copies; a number: copies blurred that much (smoothed bootstrap)"
    )


class SMOTE(Synthetic):
    """Makes rows between neighbours of a small class; SMOTENC or SMOTEN where columns hold categories."""


class ADASYN(OverSampler):
    """Makes more rows where a small class is hard to tell from the others."""

    n_neighbors: Neighbours = Field(
        description="neighbours that tell how hard a row is, and among which rows are made"
    )


class BorderlineSMOTE(Synthetic):
    """SMOTE from rows near the border to other classes only."""

    m_neighbors: Neighbours = Field(description="neighbours that tell whether a row lies at the border")
    kind: Literal["borderline-1", "borderline-2"] = Field(
        description="borderline-1: between rows of the class; borderline-2: towards other classes too"
    )


class SVMSMOTE(Synthetic):
    """SMOTE from the support vectors of an SVM."""

    m_neighbors: Neighbours = Field(description="neighbours that tell whether a row lies at the border")
    svm_estimator: Estimator = Field(description="null: SVC; or a nested _target_")
    out_step: Annotated[StrictFloat, Field(ge=0, le=1)] = Field(description="step size when extrapolating")


class KMeansSMOTE(Synthetic):
    """SMOTE within k-means clusters in which a small class prevails."""

    kmeans_estimator: Annotated[StrictInt, Field(ge=1)] | Estimator = Field(
        description="null: MiniBatchKMeans; its number of clusters; or a nested _target_"
    )
    cluster_balance_threshold: Literal["auto"] | StrictFloat = Field(
        description="least share of the class in a cluster that is enlarged; lower it where none is found"
    )
    density_exponent: Literal["auto"] | StrictFloat = Field(
        description="how strongly sparse clusters are preferred"
    )


class RandomUnderSampler(UnderSampler, Seeded):
    """Leaves out rows of the large classes at random."""

    replacement: StrictBool = Field(description="true: a row may be drawn more than once")


class ClusterCentroids(UnderSampler, Seeded):
    """Replaces the large classes by the centres of k-means clusters."""

    estimator: Estimator = Field(description="null: KMeans; or a nested _target_ with n_clusters")
    voting: Literal["auto", "hard", "soft"] = Field(
        description="soft (auto): the centres themselves; hard: the row nearest to each"
    )


class CondensedNearestNeighbour(CleaningSampler, Seeded):
    """Keeps the rows that a nearest-neighbour rule needs."""

    n_neighbors: Neighbours | None = Field(description="neighbours of the rule; null: 1")
    n_seeds_S: Annotated[StrictInt, Field(ge=1)] = Field(description="rows of each class to start from")


class OneSidedSelection(CondensedNearestNeighbour):
    """Condensed nearest neighbour in one pass, then Tomek links."""


class EditedNearestNeighbours(EditedSampler):
    """Removes rows that their neighbours contradict."""


class RepeatedEditedNearestNeighbours(EditedSampler):
    """Edited nearest neighbours until nothing changes."""

    max_iter: Annotated[StrictInt, Field(ge=1)] = Field(description="passes at most")


class AllKNN(EditedSampler):
    """Edited nearest neighbours with 1, 2, ... neighbours."""

    allow_minority: StrictBool = Field(description="true: a large class may shrink below the smallest one")


class InstanceHardnessThreshold(UnderSampler, Seeded):
    """Leaves out rows of the large classes that a cross-validated classifier gets wrong."""

    estimator: Estimator = Field(description="null: a random forest; or a nested _target_ with predict_proba")
    cv: Annotated[StrictInt, Field(ge=2)] = Field(description="folds of the cross-validation")


class NearMiss(UnderSampler):
    """Keeps rows of the large classes by their distance to the small one."""

    version: Literal[1, 2, 3] = Field(
        description="1: near to its nearest rows; 2: near to its farthest; 3: far from their neighbours"
    )
    n_neighbors: Neighbours = Field(description="rows of the small class the distance is averaged over")
    n_neighbors_ver3: Neighbours = Field(description="neighbours preselected in version 3")


class NeighbourhoodCleaningRule(CleaningSampler):
    """Edited nearest neighbours, and what misleads rows of the small class."""

    edited_nearest_neighbours: Estimator = Field(description="null: kind_sel=mode; or a nested _target_")
    n_neighbors: Neighbours = Field(description="neighbours asked about each row")
    threshold_cleaning: Annotated[StrictFloat, Field(gt=0)] = Field(
        description="classes larger than this times the smallest are cleaned"
    )


class TomekLinks(CleaningSampler):
    """Removes rows whose nearest neighbour is of another class and has them as its nearest too."""


class SMOTEENN(OverSampler):
    """SMOTE, then edited nearest neighbours over all classes."""

    smote: Estimator = Field(description="null: SMOTE with the strategy above; or a nested _target_")
    enn: Estimator = Field(description="null: EditedNearestNeighbours over all classes; or a nested _target_")


class SMOTETomek(OverSampler):
    """SMOTE, then Tomek links over all classes."""

    smote: Estimator = Field(description="null: SMOTE with the strategy above; or a nested _target_")
    tomek: Estimator = Field(description="null: TomekLinks over all classes; or a nested _target_")


class LabelErrorFilter(Seeded):
    """Leaves out rows whose label is probably wrong (cleanlab)."""

    estimator: Estimator = Field(description="null: a random forest; or a nested _target_ with predict_proba")
    folds: Annotated[StrictInt, Field(ge=2)] = Field(description="folds of the cross-validation")
    filter_by: Literal[
        "prune_by_noise_rate",
        "prune_by_class",
        "both",
        "confident_learning",
        "predicted_neq_given",
        "low_normalized_margin",
        "low_self_confidence",
    ] = Field(description="cleanlab's rule for a probable error")
    noise_fraction: Annotated[StrictFloat, Field(gt=0, le=1)] = Field(
        description="share of the rows so found that is removed"
    )


OVER, UNDER, COMBINED = "imblearn.over_sampling.", "imblearn.under_sampling.", "imblearn.combine."

SAMPLERS: dict[str, type[Choice]] = {
    "stages.samplers.none.NoSampler": NoSampler,
    "stages.samplers.label_errors.LabelErrorFilter": LabelErrorFilter,
    **{OVER + each.__name__: each for each in (RandomOverSampler, SMOTE, ADASYN, BorderlineSMOTE, SVMSMOTE)},
    OVER + "KMeansSMOTE": KMeansSMOTE,
    **{UNDER + each.__name__: each for each in (RandomUnderSampler, ClusterCentroids, NearMiss, TomekLinks)},
    **{UNDER + each.__name__: each for each in (CondensedNearestNeighbour, OneSidedSelection)},
    **{
        UNDER + each.__name__: each
        for each in (EditedNearestNeighbours, RepeatedEditedNearestNeighbours, AllKNN)
    },
    **{UNDER + each.__name__: each for each in (InstanceHardnessThreshold, NeighbourhoodCleaningRule)},
    **{COMBINED + each.__name__: each for each in (SMOTEENN, SMOTETomek)},
}


class ResampleConfig(Section):
    """What stage `resample` is handed."""

    resample: Annotated[Choice, OneOf(SAMPLERS)] = Field(description="what adds or removes training rows")
