"""Write randomness_vectors.json: docs/randomness.md done again, with SHA-256 and nothing else.

Run:  python3 randomness_vectors.py > randomness_vectors.json
It imports nothing of equipoise, and no hmac. HMAC is checked below against RFC 4231, the field
against FIPS 197.
"""

import json
from hashlib import sha256
from itertools import product

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    key = key + bytes(64 - len(key))
    inner = sha256(bytes(k ^ 0x36 for k in key) + message).digest()
    return sha256(bytes(k ^ 0x5C for k in key) + inner).digest()


def fields(*values) -> bytes:
    out = b""
    for value in values:
        raw = value.encode() if isinstance(value, str) else value
        out += len(raw).to_bytes(4, "big") + raw
    return out


def digest(*values) -> bytes:
    return sha256(fields(*values)).digest()


def stream(key: bytes, purpose: str, place: tuple[str, str, int], size: int) -> bytes:
    trial, stratum, index = place
    where = fields("equipoise/stream/v1", purpose, trial, stratum) + index.to_bytes(8, "big")
    blocks = (hmac_sha256(key, where + c.to_bytes(8, "big")) for c in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def numbers(raw: bytes, n: int, count: int) -> list[int]:
    """Return the first `count` numbers below n of a stream."""
    width = 8
    while 256**width < n:
        width += 8
    top, found, at = 256**width // n * n, [], 0
    while len(found) < count:
        x = int.from_bytes(raw[at : at + width], "big")
        at += width
        if x < top:
            found.append(x % n)
    return found


def kit(raw: bytes) -> str:
    number = numbers(raw, 23**7, 1)[0]
    signs = [number // 23**power % 23 for power in range(6, -1, -1)]
    for last in range(23):
        if sum((place + 1) * d for place, d in enumerate([*signs, last])) % 23 == 0:
            text = "".join(ALPHABET[d] for d in [*signs, last])
            return text[:4] + "-" + text[4:]
    raise AssertionError


def arm(raw: bytes, parts: list[int]) -> int:
    u, before = numbers(raw, sum(parts), 1)[0], 0
    for k, part in enumerate(parts):
        before += part
        if u < before:
            return k
    raise AssertionError


def times(a: int, b: int) -> int:
    """Multiply in GF(2^8) as FIPS 197 does: shift and add, no tables."""
    total = 0
    while b:
        total ^= a if b & 1 else 0
        a <<= 1
        a ^= 0x11B if a & 0x100 else 0
        b >>= 1
    return total


def shares(secret: bytes, coefficients: bytes, indices: list[int]) -> dict[int, str]:
    return {
        x: bytes(s ^ times(c, x) for s, c in zip(secret, coefficients, strict=True)).hex()
        for x in indices
    }


def joined(pair: dict[int, str]) -> str:
    """Find by trying the one line through two points, and its value at 0."""
    (x1, y1), (x2, y2) = ((x, bytes.fromhex(y)) for x, y in pair.items())
    out = bytearray()
    for a, b in zip(y1, y2, strict=True):
        slope = next(s for s in range(256) if times(s, x1) ^ times(s, x2) == a ^ b)
        out.append(a ^ times(slope, x1))
    return out.hex()


def main() -> None:
    rfc4231 = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    assert hmac_sha256(b"\x0b" * 20, b"Hi There").hex() == rfc4231
    assert (times(0x57, 0x83), times(0x57, 0x13)) == (0xC1, 0xFE)
    keys = [bytes(range(32)), bytes(32), sha256(b"equipoise test vector").digest()]
    places = [("T-1", "all", 0), ("T-1", "all", 1), ("T-1", "Zürich × 東京", 0)]
    places += [("T-2", "all", 2**40)]
    out: dict = {"streams": [], "numbers": [], "kit_codes": [], "arms": [], "mixed_keys": []}
    for key, (trial, stratum, index) in product(keys, places):
        place = {"key": key.hex(), "trial": trial, "stratum": stratum, "index": index}
        raw = stream(key, "allocation", (trial, stratum, index), 4096)
        out["streams"].append({**place, "purpose": "allocation", "bytes": raw[:80].hex()})
        for n in (1, 2, 3, 6, 10**6, 2**63 + 1, 2**64, 2**64 + 1, 3 * 2**126 + 7):
            drawn = [str(x) for x in numbers(raw, n, 12)]
            out["numbers"].append({**place, "n": str(n), "drawn": drawn})
        for parts in ([1, 1], [2, 1], [3, 2, 1], [0, 5, 1], [1, 0]):
            out["arms"].append({**place, "parts": parts, "arm": arm(raw, parts)})
        code = kit(stream(key, "kit-code", (trial, stratum, index), 256))
        out["kit_codes"].append({**place, "code": code})
    for key, value in product(keys, [b"\x01", bytes(range(48))]):
        mixed = digest("equipoise/key-and-beacon/v1", key, value).hex()
        out["mixed_keys"].append({"key": key.hex(), "value": value.hex(), "mixed": mixed})
    plan = {
        "beacon": "",
        "format": "equipoise/seal/v1",
        "kits": None,
        "procedure": {
            "arms": ["drug", "plaçebo"],
            "limit": 5,
            "procedure": "big-stick",
            "ratio": [1, 1],
        },
        "protocol": "ab" * 32,
        "strata": [["s1", "Zürich", 4], ["s2", "London", 2]],
        "trial": "T-1",
    }
    text = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    commitment = digest("equipoise/commitment/v1", text, keys[0], keys[2]).hex()
    out["commitment"] = {
        "plan": plan,
        "key": keys[0].hex(),
        "nonce": keys[2].hex(),
        "commitment": commitment,
    }
    bound = digest("equipoise/box-binding/v1", "T-1", "s1", (7).to_bytes(8, "big"), "K7QX-9MRT")
    place = {"trial": "T-1", "pool": "s1", "index": 7, "kit": "K7QX-9MRT"}
    out["binding"] = {**place, "hex": bound.hex()}
    secret, coefficients = keys[2], sha256(b"coefficients").digest()
    split = shares(secret, coefficients, [1, 2, 3, 254, 255])
    for pair in ([1, 2], [1, 3], [2, 3], [254, 255], [3, 255]):
        assert joined({x: split[x] for x in pair}) == secret.hex()
    out["shares"] = {"secret": secret.hex(), "coefficients": coefficients.hex(), "shares": split}
    table = sha256(bytes(times(a, b) for a in range(256) for b in range(256))).hexdigest()
    out["multiplication_table_sha256"] = table
    print(json.dumps(out, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
