"""Words and their abbreviations, as people say and write them in names and addresses.

Each table is a dictionary or a list of words in the spelling of their language. Case, accents, dots and hyphens do not
matter. To teach the portal an abbreviation, add it to the line of its word.
"""
