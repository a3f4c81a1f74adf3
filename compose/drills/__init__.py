"""Drills: a fault is made, the page arrives, the fault ends, and its end arrives as well."""
