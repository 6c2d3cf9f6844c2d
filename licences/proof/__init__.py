"""Proof of what was done: verification of the event log, seals, anchors, the signed export, and case files.

See docs/proof.md. Nothing in this package writes.
"""
