"""Personal data: which columns hold it, which records are about one customer, and which uploaded files name them.

The rules are in docs/personal-data.md; ``licences.operations.customer_erasure`` does the erasing.
"""
