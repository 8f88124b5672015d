"""The directory as pages and JSON: entities, and the customers of a company."""
