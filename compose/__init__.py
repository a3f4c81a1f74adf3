"""Runs the stack, in containers or as local processes, with its inbox and its demo."""
