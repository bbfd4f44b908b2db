"""What a prediction is judged by."""
