"""Metrics for Prometheus (docs/watching.md#metrics).

Web processes count their requests (``request_counts``) into files that they share (``shared_files``). ``manage.py
metrics`` reads these files and asks the database (``database_figures``) whenever Prometheus asks for them. It has an
address of its own: the portal's public address serves no metrics.
"""
