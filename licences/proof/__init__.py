"""Proof of what was done: whether the event log holds, what it says of one serial number, and a signed copy of it."""
