from analysis import comparison


def test_every_comparison_stands_at_one_address():
    assert [name for name in comparison.__all__ if name.islower()] == [
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
    assert all(callable(getattr(comparison, name)) for name in comparison.__all__)
