import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.texts.redaction import redact


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Write to a.b+c@mail.example.eu.", "Write to [email]."),
        ("Write to jo@example.org. My view: no.", "Write to [email]. My view: no."),
        ("Write to jo (at) example (dot) org", "Write to [email]"),
        ("Ring +44 20 7946 0018 today.", "Ring [telephone] today."),
        ("Ring 030 1234 56789.", "Ring [number]."),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [number]"),
        ("See https://example.org/a?b=c, please.", "See [web address] please."),
        ("See www.example.org/me and example.com/me", "See [web address] and [web address]"),
        ("@janedoe wrote it", "[account] wrote it"),
        ("My daughter Emma, 9, was hurt.", "My daughter [name and age], was hurt."),
        ("Anna Schmidt (34) said so.", "[name and age] said so."),
        ("Maria Rossi, aged 12, said so.", "[name and age], said so."),
        ("Jane Doe is 12 years old.", "[name and age]."),
        ("Łukasz Żak, 41 Jahre alt, sagt", "[name and age], sagt"),
    ],
)
def test_what_identifies_a_person_is_taken_out(text, redacted):
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "Directive 2006/42/EC of 17 May 2006, Article 5 and Annex 3.",
        "See the White Paper of 14.06.2020 at 23:50.",
        "In Europe, 75 percent agreed between 2018 and 2020.",
        "It costs 1 200 000 euros a year.",
        "In Germany, 80 million people live.",
    ],
)
def test_what_identifies_nobody_stays(text):
    assert redact(text) == text


def test_a_known_name_is_taken_out_in_any_case_and_whole_words_only():
    text = "ACME  Ltd. believes, as Acme-Ltd does; Acmelike is another."

    assert redact(text, ["Acme Ltd"]) == "[name]. believes, as [name] does; Acmelike is another."


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab Ab.@1234567890()-/:+ ,[]w")))
def test_redacting_twice_changes_nothing_more(text):
    assert redact(redact(text)) == redact(text)
