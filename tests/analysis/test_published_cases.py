"""The published figures that stand outside the repository, for the methods on plain inputs.

The key ones are written out, with their sources, in the tests of each module too.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis.agreement import (
    group_informed_consensus,
    proportion_test,
    tastle_wierman_consensus,
    van_der_eijk_agreement,
)
from analysis.anonymity import k_anonymity
from analysis.comparison import cliffs_delta, freeman_halton, kendall_tau, kruskal_wallis
from analysis.corrections import benjamini_hochberg, bonferroni, holm
from analysis.intervals import wilson
from analysis.rankings import borda, kemeny, kendall_w, schulze
from analysis.reliability import fleiss_kappa, krippendorff_alpha

SHARED = Path(__file__).parents[2] / ".." / "shared"


@pytest.fixture
def case(request):
    path = SHARED / "cases" / "published.json"
    if not path.exists():
        pytest.skip("the published cases (../shared/cases/published.json) are not on this machine")
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    (found,) = [found for found in cases if found["id"] == request.param]
    return found


def of(case_id):
    return pytest.mark.parametrize("case", [case_id], indirect=True, ids=[case_id])


def near(case, expected):
    return pytest.approx(expected, abs=case["tolerance"], rel=0)


@of("krippendorff_canonical")
def test_krippendorffs_alpha_at_four_levels(case):
    codes = case["input"]["coders_by_units"]
    found = {level: krippendorff_alpha(codes, level).value for level in case["expected"]}
    assert found == near(case, case["expected"])


@of("vdeijk_A_1000")
def test_van_der_eijks_agreement(case):
    result = van_der_eijk_agreement(case["input"]["freq"])
    assert result.value == near(case, case["expected"]["A"])
    assert result.polarisation == near(case, case["expected"]["polarization_(1-A)/2"])


@of("tastle_wierman")
def test_tastle_and_wiermans_consensus(case):
    found = {name: tastle_wierman_consensus(v).value for name, v in case["input"].items()}
    assert found == near(case, case["expected"])


@of("kendall_W_ties")
def test_kendalls_w_with_ties(case):
    result = kendall_w(case["input"]["subjects_by_raters"])
    found = {
        "Wt": result.value,
        "chisq_t": result.statistic,
        "p_t": result.p,
        "W_uncorrected": result.uncorrected,
    }
    assert found == near(case, case["expected"])


@of("fleiss_1971")
def test_fleiss_kappa(case):
    result = fleiss_kappa(case["input"]["subjects_by_raters"])
    assert result.value == near(case, case["expected"]["kappa"])


@of("kruskal_mucociliary")
def test_kruskal_and_walliss_h(case):
    result = kruskal_wallis(case["input"]["groups"])
    found = {"H": result.statistic, "df": result.df, "p": result.p}
    assert found == near(case, case["expected"])


@of("fisher_freeman_halton_job")
def test_freeman_and_haltons_exact_p(case):
    result = freeman_halton(case["input"]["table"])
    assert result.exact is True
    assert result.p == near(case, case["expected"]["p"])


@of("cliffs_delta_hogarty")
def test_cliffs_delta_and_its_interval(case):
    result = cliffs_delta(case["input"]["x"], case["input"]["y"])
    assert result.value == near(case, case["expected"]["delta"])
    assert [result.low, result.high] == near(case, case["expected"]["ci95"])


@of("wilson_newcombe")
def test_wilsons_interval(case):
    for written in case["input"]["cases"]:
        result = wilson(*map(int, written.split("/")))
        assert [result.low, result.high] == near(case, case["expected"][written])


@of("bh_1995")
def test_holm_bh_and_bonferroni(case):
    p, alpha, expected = case["input"]["p"], case["input"]["alpha"], case["expected"]
    bh = benjamini_hochberg(p, alpha=alpha)
    assert bh.rejections == expected["reject_bh"]
    assert bonferroni(p, alpha=alpha).rejections == expected["reject_bonferroni"]
    assert list(bh.adjusted[:5]) == near(case, expected["bh_adjusted_first5"])
    assert list(holm(p, alpha=alpha).adjusted[:5]) == near(case, expected["holm_adjusted_first5"])


@of("kendall_tau_tuna")
def test_kendalls_tau(case):
    result = kendall_tau(case["input"]["x"], case["input"]["y"], alternative="greater")
    found = {"tau": result.value, "T": result.T, "p_greater": result.p}
    assert found == near(case, case["expected"])


@of("schulze_45")
def test_schulzes_ranking_and_paths(case):
    result, expected = schulze(case["input"]["ballots"]), case["expected"]
    assert [item for (item,) in result.ranking] == expected["ranking"]
    assert list(result.pairwise[0]) == expected["pairwise_row_A"]
    paths = dict(zip(result.items, map(list, result.strongest_paths), strict=True))
    assert paths == expected["strongest_paths"]
    points = borda(case["input"]["ballots"])
    assert dict(zip(points.items, points.points, strict=True)) == {
        "E": 102,
        "A": 98,
        "B": 92,
        "C": 89,
        "D": 69,
    }
    assert "".join(kemeny(case["input"]["ballots"]).order) == "EBADC"


@of("borda_tennessee")
def test_bordas_points(case):
    result = borda(case["input"]["ballots"])
    assert dict(zip(result.items, result.points, strict=True)) == case["expected"]
    assert [item for (item,) in result.ranking] == list(case["expected"])


@of("polis_gic_below-100-ptpts")
def test_group_informed_consensus(case):
    votes = case["input"]["group_votes"]
    for statement, expected in case["expected"]["group_aware_consensus"].items():
        agree = {group: counts[statement]["A"] for group, counts in votes.items()}
        seen = {group: counts[statement]["S"] for group, counts in votes.items()}
        assert group_informed_consensus(agree, seen).value == near(case, expected)
    for row in case["expected"]["consensus_rows"]:
        result = proportion_test(row["n-success"], row["n-trials"])
        assert [result.value, result.z] == near(case, [row["p-success"], row["p-test"]])


@of("k_anonymity_freqcalc")
def test_k_anonymity_counts(case):
    result, expected = k_anonymity(case["input"]["records"]), case["expected"]
    assert list(result.counts) == expected["fk"]
    assert (result.unique, result.equal(2)) == (expected["unique"], expected["fk==2"])


@of("eu_groups_rights")
def test_where_three_groups_stand_on_fundamental_rights(case):
    path = SHARED / case["input"]["file"]
    if not path.exists():
        pytest.skip(f"the data (../shared/{case['input']['file']}) are not on this machine")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    group = frame[case["input"]["group_column"]].map(case["input"]["group_map"])
    # "No opinion" and blanks have no leading digit, and are missing.
    score = pd.to_numeric(frame.iloc[:, case["input"]["column"]].str.extract(r"^([1-5])")[0])
    answers = {name: score[group == name] for name in case["expected"]["freq"]}
    counts = {
        name: [int((values == point).sum()) for point in range(1, 6)]
        for name, values in answers.items()
    }
    expected = case["expected"]
    assert counts == expected["freq"]
    result = kruskal_wallis(answers)
    assert [result.statistic, result.p] == near(case, [expected["H"], expected["p"]])
    assert result.p == pytest.approx(expected["p"], rel=1e-6)
    delta = cliffs_delta(answers["industry"], answers["civil"])
    assert delta.value == near(case, expected["cliff_ind_civ"])
    agreement = {name: van_der_eijk_agreement(bars).value for name, bars in counts.items()}
    assert agreement == near(case, expected["A"])
    consensus = {name: tastle_wierman_consensus(bars).value for name, bars in counts.items()}
    assert consensus == near(case, expected["Cns"])
