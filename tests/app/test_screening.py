import csv
import itertools
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.plain_copy import plain_copy
from app.services.screening import KINDS, screen, screen_question
from forms.questions.references import References
from tests.pages import Respondent

EU = Path(__file__).parents[2] / ".." / "shared" / "data" / "eu_ai_white_paper_2020/responses.csv"
ONION = "abcdefghij234567klmnopqrstuvwxyzabcdefghij234567klmnopqd.onion"
HEX = "0123456789abcdef" * 16


def kinds(text: str) -> list[str]:
    return [each.kind for each in screen(text)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("address", "See https://forum.example.com/thread/7 for more."),
        ("address", "See www.example.com today."),
        ("address", "It is on example.com/board now."),
        ("address", "hxxp://example.com/a"),
        ("address", "hxxps[:]//example[.]com/a"),
        ("address", "h**p://example.com/a"),
        ("address", "example[.]com and no more"),
        ("address", "example (dot) com and no more"),
        ("address", "example dot com and no more"),
        ("address", "exa\u200bmple.\u200bcom/x"),
        ("address", "ｅｘａｍｐｌｅ．ｃｏｍ/x"),
        ("address", "example。com/x"),
        ("address", "http://185.220.101.4/files"),
        ("address", "It was on 185.220.101.4 last year."),
        ("address", "http://legislation.gov.uk.example.com/a"),
        ("address", "https://legislation.gov.uk@example.com/a"),
        ("onion", f"http://{ONION}/x"),
        ("onion", ONION.removesuffix(".onion")),
        ("onion", "abcdefghij234567.onion"),
        ("onion", "abcdefghij234567[.]onion"),
        ("fingerprint", HEX[:32]),
        ("fingerprint", HEX[:40]),
        ("fingerprint", HEX[:64].upper()),
        ("fingerprint", "d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e"),
        ("fingerprint", "d41d 8cd9 8f00 b204 e980 0998 ecf8 427e"),
        ("picture", "data:image/png;base64,iVBORw0KGgo="),
        ("picture", "iVBORw0KGgoAAAANSUhEUgAA1AAAAB4CAYAAAC1" * 3),
        ("sharing", "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a"),
        ("sharing", "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"),
        ("sharing", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"),
        ("email", "Write to jane.doe@example.org please"),
        ("email", "jane [at] example [dot] org"),
        ("telephone", "Ring 020 7946 0018 after six"),
        ("telephone", "Ring +49 30 901820 after six"),
        ("telephone", "Mobile: 555 123 4567"),
        ("birth", "He was born on 4 May 2011."),
        ("birth", "DOB: 04/05/2011"),
        ("birth", "geboren am 4.5.2011"),
        ("birth", "04.05.2011 (DOB)"),
        ("name_age", "Emily, aged 9, was shown"),
        ("name_age", "Emily Carter (9) was shown"),
        ("name_age", "Emily, 9, was shown"),
        ("name_age", "a 9-year-old girl called Emily"),
        ("name_age", "the victim, named Emily"),
        ("case_number", "Case no. 2021/ABC/004512"),
        ("case_number", "crime reference number: 42/12345/21"),
        ("case_number", "CyberTip report 123456789"),
        ("case_number", "report no: DEMO-000123"),
    ],
)
def test_what_must_not_be_sent_is_found(kind: str, text: str):
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Section 1 of the Protection of Children Act 1978, as amended in 1994 and 2003, applies.",
        "Regulation (EU) 2016/679, Article 6(1)(f), and Directive 2011/93/EU, Articles 3 to 7.",
        "Case C-511/18 and Case C-203/15 at [2020] ECR; Application no. 58170/13; COM(2022) 209.",
        "See https://www.legislation.gov.uk/ukpga/1978/37 and eur-lex.europa.eu/eli/reg/2016/679.",
        "doi.org/10.1007/s40309-017-0126-4 and https://www.iwf.org.uk/report/2023 say so.",
        "A court held so: https://www.bailii.org/ew/cases/EWCA/Crim/2020/123.html (2020).",
        "Between 2019 and 2023 they rose from 1,000,000 to 36,200,000, e.g. in the U.S. and U.K.",
        "In 2019–2020, 12 of 17 forces, i.e. 70.6 %, had 3.5 staff; see sections 3.2.1.4 and 4.1.",
        "Tools are cheap.It is the law.As ever, AI.To be plain: detection.In short, no.",
        "Character.AI, Booking.com and Stability.ai are companies; Node.js and ASP.NET are not.",
        "Children aged 12 to 17 and girls, 9 to 11, were asked. Minors (17) were a group.",
        "Article 5, 6 and 7; Recital 12, 13; in May, 12 were found; Question (9) was left out.",
        "Offenders born after 1990; the law was born in 2003 out of need.",
        "The case: a platform refused. Report 2023: more staff. Reference is made to Article 34.",
        "We ask for 24/7 cover, a 90-day limit, 0.5 % false alarms and £1,500,000,000 by 2030.",
        "ISO/IEC 27001:2022, RFC 9110, SHA-256, MD5 and PhotoDNA are used by 1,400 members.",
        "Der Anteil stieg von 12,5 % (2019) auf 17,25 % (2022); vgl. § 184b Abs. 3 StGB.",
        "Règlement (UE) 2022/2065, article 16, paragraphe 2, point a); loi n° 2004-575 du 21 juin.",
    ],
)
def test_policy_prose_and_public_citations_pass(text: str):
    assert screen(text) == ()


def test_a_finding_is_the_passage_as_it_was_written():
    text = "Before – hxxps[:]//exa\u200bmple[.]com/a – after"

    (found,) = screen(text)

    assert found.passage == "hxxps[:]//exa\u200bmple[.]com/a"
    assert text[found.start :].startswith(found.passage)


def test_what_is_stored_of_a_finding_holds_no_word_of_it():
    (found,) = screen("Write to jane.doe@example.org")

    assert found.without_words() == {"question": "", "kind": "email", "length": 20}


def reference(address: str) -> list[str]:
    question = References(id="sources", text="Which sources should we read?")
    answers = {"sources": [{"title": "T", "address": address, "shows": ""}]}
    return [each.kind for each in screen_question(question, answers)]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.com/report", []),
        ("http://www.example.com/a?b=c", []),
        ("https://example.com/" + HEX[:32], []),
        ("https://exa\u200bmple.com/report", ["address"]),
        ("https://185.220.101.4/report", ["address"]),
        ("https://mega.nz/file/abc", ["address"]),
        ("https://bit.ly/2zqtCSV", ["address"]),
        ("https://user:word@example.com/", ["address"]),
        (f"https://{ONION}/", ["onion"]),
        ("https://abcdefghij234567.onion.ws/", ["onion"]),
    ],
)
def test_where_addresses_are_asked_for_ordinary_ones_pass(address: str, expected: list[str]):
    assert reference(address) == expected


SECRETS = (
    "https://forum.example.com/thread/7",
    f"http://{ONION}/x",
    HEX[:40],
    "jane.doe@example.org",
    "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a",
)
PROSE = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüß ,;–", max_size=60)


@settings(max_examples=60, deadline=None)
@given(secret=st.sampled_from(SECRETS), before=PROSE, after=PROSE, data=st.data())
def test_invisible_characters_hide_nothing(
    secret: str, before: str, after: str, data: st.DataObject
):
    at = data.draw(st.integers(1, len(secret) - 1))
    invisible = data.draw(st.sampled_from("\u200b\u200d\u2060\ufeff\u00ad\u202e\u0336"))
    text = f"{before} {secret[:at]}{invisible}{secret[at:]} {after}"

    assert kinds(secret)[0] in kinds(text)


@settings(max_examples=60, deadline=None)
@given(secret=st.sampled_from(SECRETS), before=PROSE, after=PROSE)
def test_full_width_letters_hide_nothing(secret: str, before: str, after: str):
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in secret)

    assert kinds(secret)[0] in kinds(f"{before} {wide} {after}")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_every_finding_stands_in_the_original_where_it_says(text: str):
    for found in screen(text):
        assert text[found.start : found.start + len(found.passage)] == found.passage
        assert found.kind in KINDS


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_every_character_of_the_copy_knows_its_place(text: str):
    copy = plain_copy(text)

    assert len(copy.text) == len(copy.starts) == len(copy.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(copy.starts, copy.ends, strict=True))
    assert all(a <= b for a, b in itertools.pairwise(copy.starts))


@settings(max_examples=100, deadline=None)
@given(PROSE)
def test_words_alone_are_never_a_finding(text: str):
    assert screen(text) == ()


@pytest.mark.parametrize(
    ("region", "number"),
    [
        ("DE", "030 901820"),
        ("FR", "01 42 34 56 78"),
        ("ES", "912 345 678"),
        ("US", "(212) 555-0123"),
        ("DK", "33 12 34 56"),
        ("PL", "601 234 567"),
        ("IN", "98765 43210"),
    ],
)
def test_a_number_of_the_respondents_country_is_found_there(region: str, number: str):
    text = f"We sit at {number} after six."

    (found,) = screen(text, ("GB", region))

    assert (found.kind, found.passage) == ("telephone", number)
    assert screen(text) == ()


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_years_laws_and_figures_are_no_numbers_anywhere(region: str):
    text = (
        "Directive 2019/2144, reports 2019-2024 and 2020/2014, 82041800 requests, 3889/2019, "
        "36,200,000 or 36 200 000 files, £1,500,000,000 by 2030, §§ 184b, 176a, 12.05.2019."
    )

    assert screen(text, ("GB", region)) == ()


def test_the_jurisdiction_that_is_answered_says_whose_numbers_are_looked_for(
    lone_respondent: Respondent,
):
    lone_respondent.begins().answers("about_you", jurisdiction="ES")
    lone_respondent.answers("oq1", oq1_gap="We sit at 912 345 678 after six.")

    assert "a telephone number" in lone_respondent.said()
    lone_respondent.answers("about_you", jurisdiction="GB").opens(f"{lone_respondent.base}/s/oq1")
    lone_respondent.answers("oq1", oq1_gap="We sit at 912 345 678 after six.")
    assert "a telephone number" not in lone_respondent.said()


@pytest.mark.skipif(not EU.exists(), reason="the data folder is not beside this repository")
def test_real_answers_to_a_real_consultation_raise_few_alarms():
    with EU.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    texts = [cell for row in rows for cell in row if len(cell) > 60]
    found = [each for text in texts for each in screen(text)]
    unlike_addresses = [each for each in found if each.kind not in {"address", "email"}]

    assert len(header) == 68
    assert len(texts) > 5_000
    assert len(unlike_addresses) <= 1  # one is a list of build identifiers
    assert sum(bool(screen(text)) for text in texts) / len(texts) < 0.01


def test_a_reason_for_confidentiality_is_screened_too(lone_respondent: Respondent):
    lone_respondent.begins().answers("oq1", oq1_gap="A gap in the law.").consents()
    lone_respondent.opens(f"{lone_respondent.base}/confidential/oq1_gap")
    lone_respondent.presses("Keep it confidential", reason="Ask jane.doe@example.org")
    lone_respondent.sends()

    assert "a person trained for this looks at it" in lone_respondent.said()
