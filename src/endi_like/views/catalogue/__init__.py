"""The pages of a company's catalogue, and how documents load it."""
