"""The trained model as one thing: raw rows in, predictions out, exactly as `evaluate` made them."""
