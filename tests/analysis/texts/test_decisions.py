import pytest

from analysis.texts.decisions import (
    Decision,
    UnreadableDecisions,
    offer_decisions,
    read_decisions,
    write_decisions,
)

ONE = Decision(
    first="0" * 15 + "1", second="12345678123456e7", similarity=0.75, responses=("R1", "R2")
)
TWO = Decision(
    first="0" * 15 + "2", second="f" * 16, similarity=0.7, same=False, by="AB: one says not"
)


def test_what_is_written_is_read_again_and_the_same_bytes_come_out(tmp_path):
    path = tmp_path / "decisions.yaml"

    write_decisions(path, [TWO, ONE])
    read = read_decisions(path)
    before = path.read_bytes()
    write_decisions(path, reversed(read))

    assert read == (ONE, TWO)
    assert path.read_bytes() == before


def test_no_file_is_no_decision(tmp_path):
    assert read_decisions(tmp_path / "none.yaml") == ()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda t: t.replace("same: null", "same: perhaps"), "same"),
        (lambda t: t.replace("same: null", "same: true\n  same: false"), "a key is written twice"),
        (lambda t: t.replace("similarity", "similarty", 1), "similarty"),
        (lambda t: t.replace("version: 1", "version: 2"), "version"),
        (lambda t: t + t.split("decisions:\n")[1], "listed twice"),
        (lambda t: t.replace("0000000000000001", "zz"), "first"),
        (lambda t: t.replace("'0000000000000001'", "'9000000000000001'"), "lesser"),
        (lambda t: t + "  - [", "decisions.yaml"),
    ],
)
def test_a_damaged_file_is_an_error_that_says_where(tmp_path, damage, message):
    path = tmp_path / "decisions.yaml"
    write_decisions(path, [ONE])
    path.write_text(damage(path.read_text("utf-8")), "utf-8")

    with pytest.raises(UnreadableDecisions, match=message):
        read_decisions(path)


def test_a_person_may_write_yes_or_no(tmp_path):
    path = tmp_path / "decisions.yaml"
    write_decisions(path, [ONE])
    path.write_text(path.read_text("utf-8").replace("same: null", "same: yes"), "utf-8")

    assert read_decisions(path)[0].same is True


def test_pairs_offered_again_keep_what_a_person_decided(tmp_path):
    path = tmp_path / "decisions.yaml"
    decided = ONE.model_copy(update={"same": True, "by": "CD"})
    write_decisions(path, [decided])

    assert offer_decisions(path, [ONE, TWO, TWO]) == 1
    assert read_decisions(path) == (decided, TWO)
    assert offer_decisions(path, [ONE, TWO]) == 0
