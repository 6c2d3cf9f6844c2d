"""A database backend: Django's own for PostgreSQL, which stops waiting after a time limit (``base.py``)."""
