"""What the organiser says in their own words: contact, hotlines, support, privacy.

The defaults are a start, not legal advice; an organiser changes them in the settings.
"""

from pydantic import Field

from app.models import Consultation
from forms.codebook import Frozen


class Place(Frozen):
    """Somewhere to turn to: shown with its address, so that it can be typed elsewhere."""

    name: str
    address: str
    about: str = ""


HOTLINES = (
    Place(
        name="If a child is in danger now",
        address="Call the police emergency number where you are",
    ),
    Place(
        name="INHOPE",
        address="https://www.inhope.org",
        about="Finds the hotline of your country. You can report without giving your name.",
    ),
    Place(
        name="Internet Watch Foundation (United Kingdom)",
        address="https://report.iwf.org.uk",
        about="Takes reports of child sexual abuse material online.",
    ),
)
SUPPORT = (
    Place(
        name="Your own organisation",
        address="Occupational health, welfare or staff counselling, where there is one",
    ),
    Place(
        name="Samaritans (United Kingdom and Ireland)",
        address="116 123",
        about="Day and night, for anyone who needs to talk.",
    ),
    Place(
        name="Find a helpline",
        address="https://findahelpline.com",
        about="Free, confidential support in many countries.",
    ),
)
PRIVACY = (
    (
        "We keep your answers, your group and what you tell us about your role. If you give a "
        "name, an organisation or an e-mail address, we keep those too."
    ),
    (
        "We use them to write a report on what law enforcement, industry and civil society "
        "say about each open question, and for nothing else."
    ),
    (
        "Your answers are encrypted where they are stored. The people who run this "
        "consultation, and the server while it runs, can read them."
    ),
    (
        "You choose whether your answers may be published with your name, without it, or only "
        "counted. Numbers small enough to point at somebody are hidden in everything that is "
        "published."
    ),
    (
        "You can change or withdraw your response until the consultation closes. After that, "
        "write to the contact named on this page."
    ),
    ("We use only the cookies that keep your answers together. There is no tracking."),
)


class Wording(Frozen):
    """The organiser's own words, and places to turn to."""

    purpose: str = ""
    audience: str = ""
    source_title: str = ""
    source_address: str = Field("", pattern=r"^(https?://\S+)?$")
    after: str = (
        "We publish a report of what the three groups said on each question, where they agree and "
        "where they do not. We say what we will do next."
    )
    contact_name: str = "The consultation team"
    contact_email: str = ""
    hotlines: tuple[Place, ...] = HOTLINES
    support: tuple[Place, ...] = SUPPORT
    privacy: tuple[str, ...] = PRIVACY
    quick_exit: str = Field("https://www.bbc.co.uk/weather", pattern=r"^https://\S+$")


def wording_of(consultation: Consultation) -> Wording:
    """The wording of a consultation: the organiser's, and defaults for the rest."""
    return Wording.model_validate(consultation.wording or {})
