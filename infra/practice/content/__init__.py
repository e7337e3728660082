"""What a message is made of: text, mentions, embeds, components, files, and Discord's limits."""
