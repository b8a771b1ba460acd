"""Backups made while people work, known to be good, restored and compared."""
