"""The HTTP API for other systems, such as a ticket desk, with keys (docs/integration.md#for-other-systems)."""
