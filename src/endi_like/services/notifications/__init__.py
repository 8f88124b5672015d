"""Notifications: what happens, who is told of it, and how they read it."""
