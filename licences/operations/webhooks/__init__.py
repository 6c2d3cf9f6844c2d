"""Webhooks: managed by administrators, sent by the worker (docs/integration.md#webhooks).

``endpoints`` keeps them and their secrets, ``replaying`` sends a test or something again, ``deliveries`` makes the
messages and records what became of them, ``gone`` says who is told of receivers that are gone, ``sending`` speaks to
the network, ``worker`` puts these together.
"""
