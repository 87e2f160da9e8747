"""Backups and point-in-time recovery with pgBackRest."""
