"""The pages of projects, their phases, and businesses."""
