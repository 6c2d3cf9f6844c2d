"""Table files, CSV and XLSX: read row by row whatever program wrote them, and written so that they read back equal.

``reading`` opens a file, ``writing`` creates one. Every fault of a file is a ``Refusal``; no other exception escapes.
"""
