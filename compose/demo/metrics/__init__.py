"""What businesses of the demo count, defined in Python: the settings name these files."""
