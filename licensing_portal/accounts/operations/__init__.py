"""The only writers of what belongs to signing in."""
