"""Collectors: one file per source; the first line of each says what it asks."""
