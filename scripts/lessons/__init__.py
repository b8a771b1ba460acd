"""What the training scripts share: annotated articles, and fitting linear models to what they teach."""
