"""The search of the directory: where it looks, how, and who may find what."""
