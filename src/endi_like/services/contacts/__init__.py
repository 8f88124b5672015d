"""The directory: how entities are named, found, written, merged."""
