import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.fillers import candidate_kind, filler_kind, find_fillers


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("-", "symbols only"),
        ("/", "symbols only"),
        (" ... ", "symbols only"),
        ("x", "symbols only"),
        ("#NAME?", "damaged cell"),
        ("? ???????? ??? ???? ????????????", "damaged cell"),
        ("N/A", "not applicable"),
        ("n.a.", "not applicable"),
        ("Nicht zutreffend", "not applicable"),
        ("See attached document.", "see elsewhere"),
        ("Please refer to our position paper", "see elsewhere"),
        ("Yes, please see our detailed response.", "see elsewhere"),
        ("Siehe angeschlossenes Dokument.", "see elsewhere"),
        ("Cf. document joint", "see elsewhere"),
        ("(Ver documento adjunto)", "see elsewhere"),
        ("Si rinvia ai commenti in allegato", "see elsewhere"),
        ("See above", "see elsewhere"),
        ("Nothing to add", "nothing to add"),
        ("No further comments.", "nothing to add"),
        ("Rien à ajouter.", "nothing to add"),
        ("Keine weiteren Anmerkungen", "nothing to add"),
    ],
)
def test_an_answer_without_a_view_is_named_by_its_rule(text, kind):
    assert filler_kind(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Labour rights and employees. See contribution attached.",
        "See current actions by IBM and Amazon in the USA.",
        "It should be mandatory.  Please see written response.",
        "We do not think new rules are necessary for AI systems. See supplementary paper. ",
        "Gesichtserkennung",
        "bias",
        "5",
        "Please document every attached risk",
        "",
    ],
)
def test_an_answer_that_says_something_is_no_filler(text):
    assert filler_kind(text) is None


def test_none_is_an_answer_unless_the_question_only_asks_to_add_something():
    answers = ["None", "Nincs", "no", "Yes.", "-", "Ban it", "  "]

    kept = find_fillers(answers)
    taken = find_fillers(answers, candidates_are_fillers=True)

    assert kept.examined == 6
    assert kept.positions == (4,)
    assert [(c.position, c.kind) for c in kept.candidates] == [
        (0, "none"),
        (1, "none"),
        (2, "yes or no"),
        (3, "yes or no"),
    ]
    assert taken.positions == (0, 1, 2, 3, 4)
    assert taken.candidates == ()


def test_fillers_are_listed_with_their_counts_commonest_first():
    found = find_fillers(["N/A", "-", "n/a", "See attached.", "see attached", "SEE ATTACHED"])

    assert found.counted() == (
        ("see elsewhere", "see attached", 3),
        ("not applicable", "n a", 2),
        ("symbols only", "-", 1),
    )


@settings(deadline=None)
@given(st.text())
def test_no_answer_is_both_a_filler_and_a_candidate(text):
    found = find_fillers([text])

    assert len(found.fillers) + len(found.candidates) <= 1
    assert (candidate_kind(text) is not None and not found.fillers) == bool(found.candidates)
