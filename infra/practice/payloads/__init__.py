"""The practice Discord's things as Discord writes them in JSON."""
