"""Indexes on large tables of ``licences``, made by a migration while others write."""

from functools import partial

from customers import new_indexes

add_indexes = partial(new_indexes.add_indexes, "licences")
