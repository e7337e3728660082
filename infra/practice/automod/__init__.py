"""Auto Moderation: rules with their limits, what they match, and what they then do."""
