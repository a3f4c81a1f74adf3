"""Proofs that alerts do what they say."""
