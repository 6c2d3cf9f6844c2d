"""The HTTP API that Xchange Servers call (docs/surface.md#http-api-for-xchange-servers and docs/integration.md)."""
