"""Contacts from elsewhere: CSV files read, checked, and stored all at once.

``importer.Import`` does the whole of it.  What is wrong with a row is found before
anything is stored; then the rest goes in by one transaction, or nothing does.
"""
