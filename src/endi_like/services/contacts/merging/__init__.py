"""Two entities that are one: what moves, what is kept, and how it is taken back."""
