from tests.pages import Organiser, Respondent


def test_a_stranger_answers_a_topic_and_gets_a_receipt(respondent: Respondent):
    respondent.opens("/")
    respondent.begins("law_enforcement").answers("oq1", oq1_overall="mixed").consents().sends()

    assert respondent.heading == "We have received your response"


def test_the_first_owner_joins_and_signs_in_again(owner: Organiser):
    owner.opens("/organise/")
    owner.opens("/organise/team")
    owner.opens("/account/")
    owner.presses("Sign out")

    owner.signs_in()

    assert owner.heading == "Consultations"
