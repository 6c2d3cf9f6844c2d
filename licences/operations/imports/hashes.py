"""Numbers in place of long keys, for staging tables."""

import hashlib
from functools import lru_cache


@lru_cache(maxsize=4096)
def number(text: str) -> str:
    """63 bits of a hash, in decimal: joins faster than the text it stands for."""
    return str(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1)
