"""What an administrator does: people, tokens, modes, upkeep."""
