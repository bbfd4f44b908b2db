"""The only code that knows Hydra, DVC, MLflow and file paths."""
