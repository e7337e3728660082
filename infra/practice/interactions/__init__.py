"""Interactions: built, signed, sent, answered, followed up."""
