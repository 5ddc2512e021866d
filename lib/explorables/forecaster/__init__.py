"""What a rule of payment makes a forecaster say, and what honesty costs."""
