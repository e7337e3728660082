"""Recorded Discord traffic in, attributions out, through production's own translation and rules."""
