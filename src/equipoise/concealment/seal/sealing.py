"""Sealing: the list drawn, each arm in two boxes, the final key in shares."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from equipoise.concealment.boxes import (
    OVERHEAD,
    BoxKey,
    binding,
    open_box,
    payload_length,
    seal_box,
)
from equipoise.concealment.custody import join_shares, split_key
from equipoise.concealment.randomness import Entropy
from equipoise.concealment.seal.drawing import DrawnKit, draw_kits
from equipoise.concealment.seal.opening import Opening
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal, SealedTrial, root_of
from equipoise.errors import DataError

CUSTODIANS, NEEDED = 3, 2


def seal(
    opening: Opening,
    *,
    break_key: bytes | None = None,
    ledger_keys: Mapping[str, str],
    custodians: int = CUSTODIANS,
    needed: int = NEEDED,
    entropy: Entropy = secrets.token_bytes,
) -> SealedTrial:
    """Seal a trial: everything is opened once more and compared before it is handed out.

    Parameters
    ----------
    opening
        Plan, key and nonce; the beacon's value where one was announced.
    break_key
        The allocator's public key, made on its own machine; without it a pair is made here.
    ledger_keys
        Chain to the key that verifies its heads.
    custodians, needed
        Shares of the final key, and how many open the blind.
    entropy
        Gives the keys and the shares' coefficients; the boxes take libsodium's own.

    Raises
    ------
    DataError
        If the plan cannot be sealed.
    """
    plan, drawn = opening.plan, draw_kits(opening)
    final = BoxKey.fresh(entropy)
    own = BoxKey.fresh(entropy) if break_key is None else None
    break_public = own.public if own else _public_key(break_key)
    boxed = _boxed(plan.trial, drawn, plan.arms, final.public, break_public)
    shares = split_key(final, plan.trial, shares=custodians, threshold=needed, entropy=entropy)
    public = PublicSeal(
        trial=plan.trial,
        protocol=plan.protocol,
        by_slot=plan.by_slot,
        strata=plan.pools,
        kits={p.code: tuple(sorted(k.code for k in drawn if k.pool == p.code)) for p in plan.pools},
        commitment=opening.commitment,
        root=root_of(boxed),
        final_key=final.public.hex(),
        break_key=break_public.hex(),
        box_bytes=payload_length(plan.arms) + OVERHEAD,
        ledger_keys=dict(ledger_keys),
    )
    sealed = SealedTrial(opening, drawn, boxed, public, shares, own)
    _try_out(sealed)
    return sealed


def open_kit(key: BoxKey, trial: str, kit: BoxedKit, *, final: bool) -> str:
    """Open one kit's box with the final key, or with the allocator's, and return the arm."""
    box = kit.final_box if final else kit.break_box
    return open_box(key, box, binding(trial, kit.pool, kit.index, kit.code))


def _boxed(
    trial: str, drawn: Sequence[DrawnKit], arms: Sequence[str], final: bytes, code_break: bytes
) -> tuple[BoxedKit, ...]:
    length = payload_length(arms)
    boxed = []
    for kit in drawn:
        bound = binding(trial, kit.pool, kit.index, kit.code)
        boxes = (seal_box(public, kit.arm, bound, length) for public in (final, code_break))
        boxed.append(BoxedKit(kit.pool, kit.index, kit.code, *boxes))
    return tuple(boxed)


def _try_out(sealed: SealedTrial) -> None:
    """Open every box with what was handed out: a seal that cannot be opened is worse than none."""
    final, trial = join_shares(sealed.shares[-sealed.shares[0].threshold :]), sealed.public.trial
    for drawn, boxed in zip(sealed.drawn, sealed.boxed, strict=True):
        arms = {open_kit(final, trial, boxed, final=True)}
        if sealed.break_key:
            arms.add(open_kit(sealed.break_key, trial, boxed, final=False))
        if arms != {drawn.arm}:
            raise DataError("A box did not give back its arm: nothing was sealed. Report this.")


def _public_key(given: bytes | None) -> bytes:
    if given is None or len(given) != 32:
        raise DataError(
            f"The allocator's public key has 32 bytes (64 hexadecimal digits). "
            f"Got {len(given or b'')} bytes."
        )
    return given
