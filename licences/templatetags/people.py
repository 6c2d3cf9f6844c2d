"""The filter ``told``: who did something, in the reader's language."""

from django import template

from licences.wording import people

register = template.Library()
register.filter("told", people.told)
