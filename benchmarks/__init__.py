"""What the application costs: each script prints one table."""
