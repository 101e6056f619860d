from datetime import UTC, datetime

from app.models import Consultation
from app.models_publishing import Publication
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


def test_whoever_begins_at_the_address_alone_finds_the_way_in_for_the_team(lone_owner: Organiser):
    lone_owner.opens("/account/").presses("Sign out")

    lone_owner.opens("/")
    [way_in] = lone_owner.page.xpath("//footer//a[text()='For the team']/@href")

    assert lone_owner.opens(way_in).heading == "Sign in"


def test_a_rehearsal_is_not_listed_beside_a_consultation_of_real_people(
    lone_app, lone_respondent: Respondent
):
    def opens_another(key: str, *, synthetic: bool) -> None:
        now = datetime.now(UTC)
        with lone_app.extensions["database"].work() as session:
            session.add(
                Consultation(
                    key=key, title=key, organiser="Us", created_at=now, opens_at=now,
                    synthetic=synthetic,
                )
            )  # fmt: skip

    opens_another("tried_out", synthetic=True)
    lone_respondent.opens("/")
    assert lone_respondent.path == "/c/ai_and_child_protection/"

    opens_another("second", synthetic=False)
    lone_respondent.opens("/")
    titles = lone_respondent.page.xpath("//main//h2/a/@href")
    assert titles == ["/c/second/", "/c/ai_and_child_protection/"]


def test_the_list_of_consultations_leads_to_results(lone_app, lone_respondent: Respondent):
    now = datetime.now(UTC)
    with lone_app.extensions["database"].work() as session:
        made = Consultation(key="second", title="x", organiser="Us", created_at=now, opens_at=now)
        session.add(made)
        session.flush()
        state = {"number": 1, "state": "published", "published_at": now}
        session.add(
            Publication(
                consultation_id=made.id, started_at=now, started_by="x", beat_at=now, **state
            )
        )

    lone_respondent.opens("/")

    ways = lone_respondent.page.xpath("//main//a[contains(., 'Results are published')]/@href")
    assert ways == ["/c/second/results/"]
