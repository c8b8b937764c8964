"""Repeatable chance: every test draws from one printed seed and its own name."""

import os
import random
import secrets

SEED = os.environ.get("EXHIBIT_SEED") or secrets.token_hex(8)


class Chance(random.Random):
    """Random values that depend on the seed and the given names alone."""

    def __init__(self, *names: str):
        super().__init__("/".join((SEED,) + names))

    def hex(self, size: int) -> str:
        return self.randbytes(size).hex()

    def uuid(self) -> str:
        h = self.hex(16)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"

    def word(self) -> str:
        return "".join(self.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(8))
