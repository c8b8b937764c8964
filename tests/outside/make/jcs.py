"""RFC 8785, enough for receipts: members sorted by UTF-16 units, ECMAScript numbers."""

import json
import math
from decimal import Decimal


def canonical(value) -> bytes:
    return _text(value).encode("utf-8")


def _text(value) -> str:
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda kv: kv[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_text(k)}:{_text(v)}" for k, v in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (bool, type(None))):
        return json.dumps(value)
    return number(float(value))


def number(x: float) -> str:
    """ECMA-262 Number::toString, from the shortest digits that Python's repr finds."""
    if not math.isfinite(x):
        raise ValueError("not a JSON number")
    if x == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(x)).normalize().as_tuple()
    s, k = "".join(map(str, digits)), len(digits)
    n = exponent + k
    if k <= n <= 21:
        text = s + "0" * (n - k)
    elif 0 < n <= 21:
        text = s[:n] + "." + s[n:]
    elif -6 < n <= 0:
        text = "0." + "0" * -n + s
    else:
        e = f"e{'+' if n > 0 else '-'}{abs(n - 1)}"
        text = s[0] + ("." + s[1:] if k > 1 else "") + e
    return "-" * sign + text
