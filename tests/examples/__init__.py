"""What runs the examples of the documentation."""
