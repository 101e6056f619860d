import pandas as pd

from analysis.texts.campaigns import find_campaigns
from analysis.texts.decisions import offer_decisions, read_decisions

ONE = "new rules should say which systems are legal so that people can rely on their courts again"
TWO = "new rules should say which systems are legal so that people can rely on the judges again"
ANSWERS = pd.DataFrame({"response_id": ["R1", "R2"], "question": "q", "text": [ONE, TWO]})


def test_an_offer_written_decided_by_hand_and_read_again_joins_the_texts(tmp_path):
    path = tmp_path / "decisions.yaml"
    first_run = find_campaigns(ANSWERS, offered=0.6)
    assert first_run.by_question[0][1].groups == ()

    offer_decisions(path, first_run.undecided)
    path.write_text(path.read_text("utf-8").replace("same: null", "same: true"), "utf-8")
    second_run = find_campaigns(ANSWERS, offered=0.6, decisions=read_decisions(path))

    assert second_run.by_question[0][1].groups[0].responses == ("R1", "R2")
    assert second_run.undecided == ()
