"""Staff pages. A view reads like a sentence: permission, fetch, form, operation, redirect."""
