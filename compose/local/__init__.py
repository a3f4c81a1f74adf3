"""The stack as local processes, for where there are no containers."""
