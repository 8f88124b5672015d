"""The console command ``endi-like``."""
