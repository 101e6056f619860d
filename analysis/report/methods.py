"""The annex on method: what was done, in plain words, and where the rule comes from."""

from analysis.report.content import MethodNote
from analysis.responses import Responses

NOTES = (
    ("Accounting", ("Responses received are those counted and those taken out, by reason. Drafts "
     "that were never sent are in neither.")),
    ("Bases", ("Three bases are kept apart: who was asked, who answered, and who gave a view. "
     "“Don’t know”, “not applicable”, “prefer not to say” and “cannot say” are answers and no "
     "views, and never a point of a scale.")),
    ("Leading question", ("Named in the questionnaire before it opened. Where it names none: of "
     "the closed questions put to every group that serve an open question, a scale comes before a "
     "single choice, that before a row of a grid, that before several choices, and those before a "
     "ranking. The choice never looks at answers.")),
    ("Majority and consensus", ("A majority is more than half of those with a view. Consensus is a "
     "share that was fixed before the consultation opened: {threshold}. In a ranking of the first "
     "few, a majority is more than half who placed an item among them. Diamond and others (2014), "
     "Defining consensus, J Clin Epidemiol 67.")),
    ("Common ground", ("Ordered by group-informed consensus: the product over the groups of (agree "
     "+ 1) / (seen + 2). Small and others (2021), Polis.")),
    ("Splits", ("Ordered by size of effect: Cliff’s delta for scales (Cliff 1993), Cramér’s V for "
     "choices (Cramér 1946).")),
    ("Rankings", ("Borda points: of N places the first gives N points and the last 1; the points "
     "are divided by the number who ranked anything. Borda (1781).")),
    ("Points shared out", ("Means by group. Shares add up to the total, so items are not treated "
     "as independent of each other. Aitchison (1986).")),
    ("Hidden counts", ("Counts under {small} are hidden, with second ones so that no sum gives "
     "them back. A linear programme then attacks all tables of this report together; a report in "
     "which it finds anything is not written. Hundepool and others (2024), Handbook on Statistical "
     "Disclosure Control.")),
    ("Texts sent by many", ("Texts whose runs of three words are at least 0.8 alike (Jaccard) are "
     "taken as the same text. Leskovec, Rajaraman and Ullman (2020), Mining of Massive Datasets.")),
    ("A group’s own words", ("Log-odds with an informative Dirichlet prior, from texts in the main "
     "language whose authors agreed to publication. Monroe, Colaresi and Quinn (2008).")),
    ("Suggested themes", ("Words that occur together, found by TF-IDF and non-negative matrix "
     "factorisation with a fixed seed, from at least 50 texts whose authors agreed to publication. "
     "They are suggestions: nobody has read them as themes.")),
    ("Themes, decided", ("Where people coded answers by a frame, annex D holds the frame and, "
     "code by code, how far two coders agreed: Krippendorff (2011), Cohen (1960). The tables count "
     "answers whose coding is settled; small counts are hidden in them as everywhere.")),
    ("Differences", ("Annex F: Kruskal-Wallis for scales; chi-square for choices, exact or drawn "
     "Freeman-Halton where an expected count is under 5; Holm (1979) over all tests in the annex. "
     "From published tables alone.")),
    ("Quotes", ("Only where publication was agreed to and the answer is not marked confidential; "
     "what identifies a person is taken out; spread over groups and positions.")),
    ("Not done", ("No weighting to a population that nobody drew from, no margins of error, no "
     "scoring of feelings in texts.")),
)  # fmt: skip


def method_notes(responses: Responses) -> tuple[MethodNote, ...]:
    """Give the notes, with the thresholds of this consultation."""
    rules = responses.manifest.rules
    threshold = f"{100 * rules.consensus_threshold:g}%"
    return tuple(
        MethodNote(name, words.format(threshold=threshold, small=rules.small_counts))
        for name, words in NOTES
    )
