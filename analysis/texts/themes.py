"""Themes that a computer suggests from the words, for a person to judge. Never more than that.

Over 200 lines, half of them documentation: one method from texts to suggestions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import stopwordsiso
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from analysis.texts.duplicates import near_duplicates
from analysis.texts.fillers import find_fillers
from analysis.texts.tokens import fingerprint, words

FEWEST_TEXTS = 50
SEED = 20_170_213
NOTE = (
    "Suggested by a computer from which words occur together. Nobody has read them as themes yet."
)


@dataclass(frozen=True)
class SuggestedTheme:
    """Words that occur together, and the texts where they weigh most.

    Attributes
    ----------
    words : tuple of str
        The heaviest first.
    texts : int
        How many texts have this theme as their strongest.
    responses : tuple of str
        Those texts' respondents, the strongest first: what to read before naming the theme.
        For the team, not for publication.
    """

    words: tuple[str, ...]
    texts: int
    responses: tuple[str, ...]


@dataclass(frozen=True)
class TextCounts:
    """Texts received, set aside as fillers, set aside as copies, and used."""

    received: int
    fillers: int
    copies: int
    used: int


@dataclass(frozen=True)
class SuggestedThemes:
    """Suggestions, with what they rest on.

    Attributes
    ----------
    themes : tuple of SuggestedTheme
        Most texts first; empty where there is a `reason`.
    counts : TextCounts
        What was set aside before, and what was used.
    placed : int
        Texts with any of the words; the others belong to no theme.
    note : str
        What a reader must be told.
    reason : str or None
        Why nothing is suggested.
    """

    themes: tuple[SuggestedTheme, ...]
    counts: TextCounts
    placed: int
    note: str = NOTE
    reason: str | None = None


def suggest_themes(
    answers: pd.DataFrame,
    *,
    language: str = "en",
    number: int | None = None,
    words_each: int = 8,
    least_texts: int = 5,
    leave_out: Sequence[str] = (),
) -> SuggestedThemes:
    """Suggest themes in the answers to one question, in one language.

    Parameters
    ----------
    answers : DataFrame
        A row for each text: `response_id` and `text`, and `language` if known. Fillers, and all
        but one of near-identical texts, are set aside here and counted.
    language : str, default ``"en"``
        ISO 639-1 code: whose everyday words ("and", "the") are not counted as themes.
    number : int, optional
        How many themes. By default the square root of a tenth of the texts, from 3 to 12.
    words_each : int, default 8
        Words shown for each.
    least_texts : int, default 5
        A word must be in so many texts, and a theme strongest in so many, to be shown.
    leave_out : sequence of str
        More words not to count, such as the question's own.

    Returns
    -------
    SuggestedThemes
        The same at any order of rows. Under fifty texts: none, with the reason.

    Raises
    ------
    ValueError
        When a column is missing, `number` is under 2, or the texts are in several languages.

    Notes
    -----
    TF-IDF (Salton & Buckley 1988) and non-negative matrix factorisation (Lee & Seung 1999) as
    scikit-learn has them, NNDSVD start (Boutsidis & Gallopoulos 2008), a fixed seed, and texts in
    order of their words before fitting.
    """
    _check(answers, number)
    received = answers["text"].astype(str).str.strip().ne("").sum()
    fillers = set(find_fillers(answers["text"].astype(str).tolist()).positions)
    said = [
        (" ".join(words(text)), response)
        for i, (text, response) in enumerate(
            zip(answers["text"].astype(str), answers["response_id"].astype(str), strict=True)
        )
        if i not in fillers and words(text)
    ]
    said.sort()
    # One copy of each group stays: that of the alphabetically first text, at any order of rows.
    numbers = [f"{i:09d}" for i in range(len(said))]
    copies = set(near_duplicates([text for text, _ in said], numbers).copies)
    used = [row for i, row in enumerate(said) if numbers[i] not in copies]
    counts = TextCounts(int(received), len(fillers), len(copies), len(used))
    if len(used) < FEWEST_TEXTS:
        reason = f"there are fewer than the {FEWEST_TEXTS} texts from which themes are suggested"
        return SuggestedThemes((), counts, placed=0, reason=reason)
    everyday = _everyday(language, leave_out)
    return _fit(used, everyday, number, words_each, least_texts, counts)


def _check(answers: pd.DataFrame, number: int | None) -> None:
    missing = [name for name in ("response_id", "text") if name not in answers.columns]
    if missing:
        raise ValueError(f"columns are missing: {', '.join(missing)}")
    if number is not None and number < 2:
        raise ValueError(f"number is {number}; give at least two themes")
    if "language" in answers.columns and len(answers["language"].unique()) > 1:
        raise ValueError("one language at a time: choose the rows of one language first")


def _everyday(language: str, leave_out: Sequence[str]) -> frozenset[str]:
    """Give the words that carry no theme: scikit-learn's English list, else stopwords-iso."""
    if language == "en":
        listed = ENGLISH_STOP_WORDS
    else:
        listed = (
            frozenset(stopwordsiso.stopwords(language))
            if stopwordsiso.has_lang(language)
            else frozenset()
        )
    return frozenset(word for text in (*listed, *leave_out) for word in words(text))


def _fit(
    used: Sequence[tuple[str, str]],
    everyday: frozenset[str],
    number: int | None,
    words_each: int,
    least_texts: int,
    counts: TextCounts,
) -> SuggestedThemes:
    vectorizer = TfidfVectorizer(
        tokenizer=str.split,
        token_pattern=None,
        lowercase=False,
        stop_words=sorted(everyday) or None,
        min_df=least_texts,
        max_df=0.5,
        sublinear_tf=True,
    )
    try:
        weights = vectorizer.fit_transform([text for text, _ in used])
    except ValueError:
        reason = f"no word is in {least_texts} texts or more"
        return SuggestedThemes((), counts, placed=0, reason=reason)
    vocabulary = vectorizer.get_feature_names_out()
    themes = number or min(12, max(3, round(math.sqrt(len(used) / 10))))
    if min(weights.shape) < themes:
        reason = f"only {len(vocabulary)} words are in {least_texts} texts or more"
        return SuggestedThemes((), counts, placed=0, reason=reason)
    model = NMF(n_components=themes, init="nndsvda", random_state=SEED, max_iter=1_000)
    # Twelve decimals: enough to rank by, too few for the last bit of another machine to show.
    strength = np.round(model.fit_transform(weights), 12)
    content = np.round(model.components_, 12)
    placed = np.flatnonzero(strength.max(axis=1) > 0)
    found = [
        _theme(theme, strength, content[theme], placed, used, vocabulary, words_each)
        for theme in range(themes)
    ]
    shown = sorted((t for t in found if t.texts >= least_texts), key=lambda t: (-t.texts, t.words))
    return SuggestedThemes(tuple(shown), counts, placed=len(placed))


def _theme(
    theme: int,
    strength: npt.NDArray[np.float64],
    content: npt.NDArray[np.float64],
    placed: npt.NDArray[np.int64],
    used: Sequence[tuple[str, str]],
    vocabulary: npt.NDArray[np.object_],
    words_each: int,
) -> SuggestedTheme:
    heaviest = sorted(range(len(vocabulary)), key=lambda i: (-content[i], vocabulary[i]))[
        :words_each
    ]
    strongest = [i for i in placed.tolist() if int(strength[i].argmax()) == theme]
    ordered = sorted(
        strongest, key=lambda i: (-strength[i, theme], fingerprint(used[i][0]), used[i][1])
    )
    return SuggestedTheme(
        words=tuple(str(vocabulary[i]) for i in heaviest if content[i] > 0),
        texts=len(ordered),
        responses=tuple(used[i][1] for i in ordered),
    )
