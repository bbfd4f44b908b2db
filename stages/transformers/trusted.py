"""The types that ``preprocessing.skops`` may hold: loading any other is refused."""

from __future__ import annotations

TRUSTED = (
    "stages.transformers.categories.Categories",
    "stages.transformers.dates.DateParts",
    "stages.transformers.dates.NoDates",
    "stages.transformers.encoders.Embedding",
    "stages.transformers.encoders.Hashed",
    "stages.transformers.encoders.OneHot",
    "stages.transformers.encoders.Ordinal",
    "stages.transformers.identity.Identity",
    "stages.transformers.imputers.KNNImputer",
    "stages.transformers.numbers.Numbers",
    "stages.transformers.outliers.IqrOutliers",
    "stages.transformers.outliers.IsolationForestOutliers",
    "stages.transformers.outliers.NoOutliers",
    "stages.transformers.outliers.QuantileOutliers",
    "stages.transformers.outliers.ZScoreOutliers",
    "stages.transformers.preprocessing.Preprocessing",
    "stages.transformers.scalers.RobustScaler",
    "stages.transformers.selection.ColumnSelection",
    "stages.transformers.target_mean.TargetMean",
    "stages.transformers.targets.Automatic",
    "stages.transformers.targets.Log1p",
    "numpy.dtype",
    "sklearn.impute._iterative.IterativeImputer",
    "sklearn.impute._iterative._ImputerTriplet",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.StratifiedKFold",
)
"""Beside those skops trusts by itself: this project's own, and parts of scikit-learn's estimators."""
