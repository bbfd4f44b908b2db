"""MLflow as a projection of files: every row can be rebuilt from what DVC tracks."""
