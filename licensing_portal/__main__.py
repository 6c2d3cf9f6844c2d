"""``python -m licensing_portal``: the portal's command line."""

from licensing_portal.command_line import main

if __name__ == "__main__":
    main()
