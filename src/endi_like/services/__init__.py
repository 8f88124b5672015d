"""Business rules that take more than one object, or more than a moment."""
