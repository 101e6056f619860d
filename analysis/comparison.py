"""Differences between groups and association between answers: every test, at one address.

Categories (`analysis.association`), ordered answers (`analysis.ordered`), and the exact count
behind Freeman-Halton (`analysis.exact`). Effect sizes come first; adjust a stated family of p
values with `analysis.corrections`.
"""

from analysis.association import (
    ChiSquare,
    CramersV,
    FisherExact,
    FreemanHalton,
    chi_square,
    cramers_v,
    fisher_exact,
    freeman_halton,
)
from analysis.exact import TooManyTablesError
from analysis.ordered import (
    CliffsDelta,
    Friedman,
    KendallTau,
    KruskalWallis,
    MannWhitney,
    cliffs_delta,
    friedman,
    kendall_tau,
    kruskal_wallis,
    mann_whitney,
)

__all__ = [
    "ChiSquare",
    "CliffsDelta",
    "CramersV",
    "FisherExact",
    "FreemanHalton",
    "Friedman",
    "KendallTau",
    "KruskalWallis",
    "MannWhitney",
    "TooManyTablesError",
    "chi_square",
    "cliffs_delta",
    "cramers_v",
    "fisher_exact",
    "freeman_halton",
    "friedman",
    "kendall_tau",
    "kruskal_wallis",
    "mann_whitney",
]
