"""Entities that were entered twice: told while typing, and found in what is there.

``alike`` asks of what is being typed; ``finding`` compares all that is stored,
``pairs`` keeps what it found.
"""
