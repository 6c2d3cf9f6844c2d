"""The only code that writes the tables of sign-in."""
