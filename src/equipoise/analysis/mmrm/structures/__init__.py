"""Covariance structures, one idea a file. To add one, add a file and name it in `STRUCTURES`."""

from equipoise.analysis.mmrm.structures.ante_dependence import (
    AnteDependence,
    HeterogeneousAnteDependence,
)
from equipoise.analysis.mmrm.structures.autoregressive import AR1, ARH1
from equipoise.analysis.mmrm.structures.compound_symmetry import (
    CompoundSymmetry,
    HeterogeneousCompoundSymmetry,
)
from equipoise.analysis.mmrm.structures.spatial_exponential import SpatialExponential
from equipoise.analysis.mmrm.structures.structure import Kind, Parameter, Structure
from equipoise.analysis.mmrm.structures.toeplitz import HeterogeneousToeplitz, Toeplitz
from equipoise.analysis.mmrm.structures.unstructured import Unstructured
from equipoise.errors import DataError

STRUCTURES: dict[str, Structure] = {
    structure.slug: structure
    for structure in (
        Unstructured(),
        AR1(),
        ARH1(),
        CompoundSymmetry(),
        HeterogeneousCompoundSymmetry(),
        Toeplitz(),
        HeterogeneousToeplitz(),
        AnteDependence(),
        HeterogeneousAnteDependence(),
        SpatialExponential(),
    )
}
ALIASES = {"unstructured": "us", "ar1h": "arh1", "un": "us", "toep_h": "toeph", "spexp": "sp_exp"}


def structure_named(slug: str) -> Structure:
    """Return the structure of that slug, or say which there are."""
    found = STRUCTURES.get(ALIASES.get(slug.lower(), slug.lower()))
    if found is None:
        known = ", ".join(f"{s.slug} ({s.name})" for s in STRUCTURES.values())
        raise DataError(f"There is no covariance structure {slug!r}. These are: {known}.")
    return found


__all__ = ["STRUCTURES", "Kind", "Parameter", "Structure", "structure_named"]
