#!/usr/bin/env python3
"""Django's command line in a checkout (``licensing_portal.command_line``)."""

from licensing_portal.command_line import main

if __name__ == "__main__":
    main()
