"""What Xchange Servers call: the HTTP API of surface.md, over the operations of the staff pages."""
