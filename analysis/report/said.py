"""What was said in answer to open questions: themes, words, campaigns and quotes fit to print.

Themes, vocabulary and quotes are drawn from texts alone whose authors agreed to publication and did
not mark them confidential. What is counted, is counted of all.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import pycountry
import stopwordsiso

from analysis.charts.wording import listed, number
from analysis.report.content import Quote, Theme, Written
from analysis.responses import Responses
from analysis.tables import Table
from analysis.texts.campaigns import Campaigns, find_campaigns
from analysis.texts.fillers import find_fillers
from analysis.texts.keyness import keyness
from analysis.texts.languages import UNDETERMINED, recognise_languages
from analysis.texts.quotes import pick_quotes
from analysis.texts.themes import suggest_themes
from analysis.written import answers_to, may_be_shown, open_variables
from forms.codebook import Variable

QUOTES_A_GROUP = 2
THEMES_AT_MOST = 6
WORDS_AT_MOST = 8
LEAST_TEXTS = 5
NOT_SAID = "How many wrote is hidden, as it would give a small count away."


@dataclass(frozen=True)
class Reader:
    """Everything that reading one question's texts needs to know of the whole consultation."""

    responses: Responses
    campaigns: Campaigns
    leads: Mapping[str, str]
    labels: Mapping[str, str]

    @property
    def threshold(self) -> int:
        """The smallest number that is said."""
        return self.responses.manifest.rules.small_counts


def reader_of(responses: Responses, leads: Mapping[str, str]) -> Reader:
    """Look for campaigns across all open questions, once.

    Parameters
    ----------
    responses
        From `read_export`.
    leads
        Question to the closed variable whose answer stands beside a text as its position.
    """
    frames = [
        answers_to(responses, variable.name).assign(question=variable.question)
        for variable in open_variables(responses)
    ]
    columns = ["response_id", "question", "text"]
    texts = pd.concat(frames)[columns] if frames else pd.DataFrame(columns=columns)
    labels = {group.key: group.label for group in responses.groups}
    capacity = responses.codebook.roles.capacity
    if capacity is not None:
        labels |= {each.key: each.label for each in responses.variable(capacity).categories}
    return Reader(responses, find_campaigns(texts.reset_index(drop=True)), leads, labels)


def read_texts(reader: Reader, name: str, table: Table | None = None) -> Written | None:
    """Read the texts of one variable.

    Parameters
    ----------
    reader
        From `reader_of`.
    name
        A text variable.
    table
        How many wrote, as published. Where that is hidden no number of texts is said at all: with
        the groups that are shown, it would give the hidden ones away.

    Returns
    -------
    Written or None
        None where nobody wrote anything.
    """
    variable = reader.responses.variable(name)
    answers = answers_to(reader.responses, name, position=reader.leads.get(variable.question))
    if answers.empty:
        return None
    copies = {
        response for response, question in reader.campaigns.copies if question == variable.question
    }
    fillers = set(find_fillers(answers["text"].tolist()).positions)
    own = answers.loc[[place not in fillers for place in range(len(answers))]]
    shown = may_be_shown(own)
    languages = [each.code for each in recognise_languages(shown["text"].tolist(), light=True)]
    shown = shown.assign(language=languages)
    main = _main_language(languages)
    once = shown.loc[(shown["language"] == main) & ~shown["response_id"].isin(copies)]
    once = once.reset_index(drop=True)
    everyday = _everyday(reader.responses, variable, main)
    coded = any(each.question == variable.question for each in reader.responses.codings)
    # What people decided stands in a table of its own; a computer's suggestion is then in the way.
    counted = table is None or says_how_many(table)
    least = max(LEAST_TEXTS, reader.threshold)
    themes, theme_note = ((), ()) if coded else _themes(once, main, everyday, least)
    quotes = _quotes(reader, answers)
    return Written(
        summary=_summary(reader, answers, len(fillers), languages, main)
        if counted
        else (NOT_SAID, *_other_languages(reader, languages, main)),
        themes=themes if counted else tuple(replace(each, shares="") for each in themes),
        vocabulary=_vocabulary(reader, once, everyday),
        campaigns=_campaigns(reader, variable.question) if counted else (),
        quotes=quotes,
        notes=(*theme_note, *_quote_note(quotes)),
    )


def _summary(
    reader: Reader, answers: pd.DataFrame, fillers: int, languages: list[str], main: str
) -> tuple[str, ...]:
    say = _counter(reader.threshold)
    sentences = [f"{number(len(answers))} respondents wrote something."]
    if len(answers) < reader.threshold:
        return ("A few respondents wrote something.",)
    if fillers:
        sentences.append(f"{say(fillers)} of the texts hold no view of their own, such as “n/a”.")
    return (" ".join((*sentences, *_other_languages(reader, languages, main))),)


def says_how_many(table: Table) -> bool:
    """Whether a published table says how many wrote, or answered, in all groups together."""
    everybody = [row.cells[-1] for row in table.rows if row.kind == "count"]
    return not table.bases[-1].hidden and not any(cell.hidden for cell in everybody)


def _other_languages(reader: Reader, languages: list[str], main: str) -> tuple[str, ...]:
    others = Counter(code for code in languages if code not in (main, UNDETERMINED))
    named = [code for code, count in sorted(others.items()) if count >= reader.threshold]
    if not named:
        return ()
    part = "Most" if 2 * languages.count(main) > len(languages) else "The largest part"
    return (
        (
            f"{part} of what may be shown is in {_language(main)}; there are texts in "
            f"{listed([_language(code) for code in named])} too, which are not in the themes."
        ),
    )


def _counter(threshold: int) -> Callable[[int], str]:
    """Give a way to write a count that says no small one."""
    return lambda count: number(count) if count >= threshold else f"Fewer than {threshold}"


def _main_language(codes: list[str]) -> str:
    counted = Counter(code for code in codes if code != UNDETERMINED)
    return min(counted, key=lambda code: (-counted[code], code)) if counted else "en"


def _language(code: str) -> str:
    found = pycountry.languages.get(alpha_2=code)
    return code if found is None else str(found.name).split(" (")[0]


def _everyday(responses: Responses, variable: Variable, language: str) -> tuple[str, ...]:
    """Give the words that say nothing of a group: a language's commonest, the question's own."""
    asked = [each.text for each in responses.codebook.questions if each.key == variable.question]
    letters = " ".join("abcdefghijklmnopqrstuvwxyz")
    common = sorted(stopwordsiso.stopwords(language)) if stopwordsiso.has_lang(language) else []
    return (*asked, letters, *common)


def _themes(
    once: pd.DataFrame, language: str, everyday: tuple[str, ...], least: int
) -> tuple[tuple[Theme, ...], tuple[str, ...]]:
    found = suggest_themes(once, language=language, leave_out=everyday, least_texts=least)
    if found.reason is not None:
        return (), (f"No themes are suggested: {found.reason}.",)
    themes = tuple(
        Theme("", theme.words, f"{number(theme.texts)} of {number(found.placed)} texts")
        for theme in found.themes[:THEMES_AT_MOST]
    )
    return themes, (found.note,)


def _vocabulary(
    reader: Reader, once: pd.DataFrame, everyday: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if once.empty or once["group"].nunique() < 2:
        return ()
    found = {
        each.group: tuple(word.word for word in each.words)
        for each in keyness(
            once, hidden_under=reader.threshold, top=WORDS_AT_MOST, leave_out=everyday
        )
        if each.words
    }
    order = [group for group in reader.responses.groups if group.key in found]
    return tuple((group.label, found[group.key]) for group in order)


def _campaigns(reader: Reader, question: str) -> tuple[str, ...]:
    """Tell of every set of near-identical texts that is not small."""
    by_question = dict(reader.campaigns.by_question)
    if question not in by_question:
        return ()
    sizes = [len(group.responses) for group in by_question[question].groups]
    large = [size for size in sizes if size >= reader.threshold]
    sentences = [
        f"{number(size)} respondents sent this question the same text, or nearly. "
        "Each is counted in the tables; the themes count the text once."
        for size in large
    ]
    return tuple(sentences)


def _quotes(reader: Reader, answers: pd.DataFrame) -> tuple[Quote, ...]:
    """Pick from all answers: of a campaign's copies one is quoted, whoever of them allows it."""
    group = reader.responses.codebook.roles.group
    bases = reader.responses.frame[group].value_counts()
    picked = pick_quotes(
        answers,
        per_group=QUOTES_A_GROUP,
        threshold=reader.threshold,
        bases={str(key): int(count) for key, count in bases.items()},
        labels=reader.labels,
    )
    places = {each.key: place for place, each in enumerate(reader.responses.groups)}
    ordered = sorted(picked.quotes, key=lambda quote: places.get(quote.group, len(places)))
    return tuple(
        Quote(quote.text + (" […]" if quote.shortened else ""), quote.attribution)
        for quote in ordered
    )


def _quote_note(quotes: tuple[Quote, ...]) -> tuple[str, ...]:
    if quotes:
        return ()
    return ("No text could be quoted: none was long enough and agreed to be published.",)
