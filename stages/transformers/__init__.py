"""What is fitted on train and turns examples into arrays: imputers, outliers, encoders, scalers."""
