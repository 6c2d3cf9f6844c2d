"""Table files, CSV and XLSX: read row by row whatever made them, and written so that they come back unchanged.

``reading`` opens a table, ``writing`` makes one. Whatever is wrong with a file is a ``Refusal``; nothing else escapes.
"""
