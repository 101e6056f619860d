"""Answers that hold no view of their own ("-", "n/a", "see attached document"), listed apart.

A filler is recognised by a stated rule on the *whole* text; an answer that says something and then
points elsewhere is an answer. "None", "yes" and "no" are answers: they are reported as candidates,
and count as fillers only where the caller says so for that question.

Over 200 lines, a third of them the phrases of twenty-four languages.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.texts.tokens import clean, normalise, sentences, words

Kind = Literal["symbols only", "damaged cell", "not applicable", "see elsewhere", "nothing to add"]
CandidateKind = Literal["none", "yes or no"]

DAMAGED = ("#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!")
LOST_LETTERS = 10
LONGEST_POINTER = 16

# Whole answers, as `normalise` gives them, in the languages of the European Union that were met.
NOT_APPLICABLE = frozenset(
    """
    n a|na|n a n a|not applicable|not relevant|sans objet|non applicable|s o|nicht zutreffend
    entfällt|nicht relevant|no aplica|no procede|non applicabile|niet van toepassing|nvt|n v t
    não aplicável|nie dotyczy|nu este cazul|nu se aplică|ikke relevant|ej tillämpligt|ei sovellu
    nem releváns|není relevantní|δεν εφαρμόζεται|άνευ αντικειμένου|не е приложимо
    """.strip()
    .replace("\n", "|")
    .split("|")
)
NOTHING_TO_ADD = frozenset(
    """
    nothing|nothing to add|nothing further|nothing further to add|nothing more to add
    nothing else|no comment|no comments|no further comment|no further comments
    no additional comment|no additional comments|no other comments|no opinion|no answer|no response
    no reply|not at this time|not at the moment|not now|no view|no particular view
    we have no comments
    we have no further comments|i have nothing to add|we have nothing to add|no suggestions
    no further suggestions|no further considerations|idem|ditto|same as above|as above
    keine angabe|keine angaben|keine anmerkungen|keine weiteren anmerkungen|keine meinung
    keine antwort|kein kommentar|nichts hinzuzufügen|rien à ajouter|rien à signaler|ras
    pas de commentaire|pas de commentaires|pas d'avis|sans opinion|aucun commentaire|sin comentarios
    nada que añadir|sin opinión|nessun commento|niente da aggiungere|nessuna opinione
    geen commentaar|geen opmerkingen|geen mening|niets toe te voegen|sem comentários
    nada a acrescentar|sem opinião|brak uwag|bez uwag|brak komentarza|brak opinii|fără comentarii
    nimic de adăugat|inga kommentarer|inget att tillägga|ingen kommentar|ingen kommentarer
    ingen bemærkninger|ei kommentoitavaa|ei lisättävää|nincs megjegyzés|nincs hozzáfűznivalóm
    bez komentáře|žádné připomínky|bez komentara|bez pripomienok|brez pripomb|pastabų nėra
    nav komentāru|κανένα σχόλιο|δεν έχω σχόλια|няма коментар|нямам коментари
    """.strip()
    .replace("\n", "|")
    .split("|")
)
NONE_WORDS = frozenset(
    """
    none|none at all|keine|keines|keiner|kein|aucun|aucune|ninguno|ninguna|nessuno|nessuna|geen
    nenhum|nenhuma|brak|żaden|niciunul|niciuna|inga|ingen|ingen andre|ei mitään|nincs|žádné|žádný
    nijedan|žiadne|nobena|nėra|nav|puudub|κανένα|κανένας|καμία|няма
    """.strip()
    .replace("\n", "|")
    .split("|")
)
YES_OR_NO = frozenset(
    """
    yes|no|ja|nein|nee|oui|non|sí|si|no no|sì|sim|não|tak|nie|da|nu|ne|nej|kyllä|ei|igen|nem|ano
    áno|taip|jā|nē|jah|όχι|ναι|да|не|tá|níl|iva|le
    """.strip()
    .replace("\n", "|")
    .split("|")
)

POINTING = re.compile(
    r"""^(?:(?:yes|no|ja|nein|oui|non|sí|sì)\s+)?(?:(?:for|as)\s+(?:further|more)\s+\w+\s+)?
    (?:please\s+|kindly\s+|bitte\s+|veuillez\s+|we\s+|i\s+|also\s+|(?:por|per)\s+favor[e]?\s+)*
    (?:see\b|refer\b|cf\b|cfr\b|consult\b|(?:further\s+)?details?\b.{0,30}\bin\b|as\s+(?:further\s+)?described\b
    |siehe\b|s\b|vgl\b|voir\b|vous\s+(?:référer|reporter)\b|se\s+(?:référer|reporter)\b|ver\b|véase\b|vedi\b
    |vedere\b|si\s+rinvia\b|si\s+rimanda\b|zie\b|se\b|ks\b|katso\b|patrz\b|zob\b|viz\b|lásd\b|vezi\b
    |βλέπε\b|вижте\b|виж\b|ibid\b|as\s+above\b)""",
    re.VERBOSE,
)
POINTED_AT = re.compile(
    r"""\b(?:attach\w*|annex\w*|appendix|addendum|enclos\w*|upload\w*|document\w*|pdf|file|paper|papers|letter
    |position|response|responses|submission|submissions|contribution|statement|comments?|answers?|input|above
    |below|supplementary|supporting|previous|ibid|section|report|anhang|anlage|angeschlossen\w*|beigefügt\w*
    |dokument\w*|stellungnahme|positionspapier|oben|unten|pièce\s+jointe|joint|annexe|ci-joint|réponse
    |ci-dessus|précédente|adjunt\w*|documento\w*|anexo|arriba|allegat\w*|sopra|bijlage\w*|bijgevoegd\w*|boven
    |hierboven|em\s+anexo|acima|załącz\w*|załączony|powyżej|příloh\w*|mellékl\w*|csatol\w*|anexat\w*|bilag\w*
    |bilaga\w*|bifogad\w*|liite\w*|edellä|priložen\w*|prilog\w*|συνημμέν\w*|приложен\w*)\b""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Filler:
    """One answer listed apart, or offered to be.

    Attributes
    ----------
    position : int
        Where it stood in what was given, from 0.
    text : str
        The answer as it was written.
    kind : str
        The rule that it met.
    """

    position: int
    text: str
    kind: Kind | CandidateKind


@dataclass(frozen=True)
class Fillers:
    """Every filler found, and every answer that might be one.

    Attributes
    ----------
    examined : int
        How many answers were looked at; blank ones are not answers and are not counted.
    fillers : tuple of Filler
        Answers without a view of their own, in the order given.
    candidates : tuple of Filler
        "None", "yes" and "no" and the like: kept as answers.
    """

    examined: int
    fillers: tuple[Filler, ...]
    candidates: tuple[Filler, ...]

    @property
    def positions(self) -> tuple[int, ...]:
        """Where the fillers stood."""
        return tuple(filler.position for filler in self.fillers)

    def counted(self) -> tuple[tuple[str, str, int], ...]:
        """Give kind, normalised text and count, commonest first: the list to print."""
        found = Counter((filler.kind, normalise(filler.text)) for filler in self.fillers)
        return tuple(
            (kind, text, n)
            for (kind, text), n in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        )


def filler_kind(text: str) -> Kind | None:
    """Say by which rule an answer is a filler, or None where it is an answer.

    Parameters
    ----------
    text : str
        One answer.

    Returns
    -------
    str or None
        ``"symbols only"``: no letter or digit, or a single letter. ``"damaged cell"``: what a
        spreadsheet leaves where it took an answer for a formula, or question marks where its
        letters were; the answer is lost, not empty.
        ``"not applicable"`` and ``"nothing to add"``: the whole answer is a listed phrase.
        ``"see elsewhere"``: one sentence of at most sixteen words that begins by pointing ("see",
        "siehe", "voir" …) and names what it points at ("attached", "paper" …).

    Notes
    -----
    Lists and rules are our own, written from the answers of the European Commission's 2020
    consultation on artificial intelligence and the official languages of the European Union.
    """
    shown = clean(text)
    if not shown:
        return None
    said = normalise(shown)
    no_letters = not any(map(str.isalnum, shown))
    if shown in DAMAGED or (no_letters and shown.count("?") >= LOST_LETTERS):
        return "damaged cell"
    if sum(character.isalnum() for character in shown) < 2 and not any(map(str.isdigit, shown)):
        return "symbols only"
    if said in NOT_APPLICABLE:
        return "not applicable"
    if said in NOTHING_TO_ADD:
        return "nothing to add"
    return "see elsewhere" if _only_points(shown) else None


def _only_points(text: str) -> bool:
    said = words(text)
    plain = " ".join(said)
    return (
        0 < len(said) <= LONGEST_POINTER
        and sum(1 for sentence in sentences(text) if len(words(sentence)) > 1) <= 1
        and POINTING.search(plain) is not None
        and POINTED_AT.search(plain) is not None
    )


def candidate_kind(text: str) -> CandidateKind | None:
    """Say whether an answer is a bare "none" or a bare "yes" or "no", in any listed language."""
    said = normalise(text)
    if said in NONE_WORDS:
        return "none"
    return "yes or no" if said in YES_OR_NO else None


def find_fillers(texts: Sequence[str], *, candidates_are_fillers: bool = False) -> Fillers:
    """List the answers that hold no view of their own, each with the rule that it met.

    Parameters
    ----------
    texts : sequence of str
        The answers to one question; blank ones may be among them.
    candidates_are_fillers : bool, default False
        Whether "None", "yes" and "no" are fillers here. They are where a question asks only to
        add something ("anything else?"), and never are by themselves.

    Returns
    -------
    Fillers
        Fillers and candidates with their positions; nothing is taken out of `texts`.
    """
    fillers: list[Filler] = []
    candidates: list[Filler] = []
    answered = [(position, text) for position, text in enumerate(texts) if text.strip()]
    for position, text in answered:
        if kind := filler_kind(text):
            fillers.append(Filler(position, text, kind))
        elif maybe := candidate_kind(text):
            (fillers if candidates_are_fillers else candidates).append(
                Filler(position, text, maybe)
            )
    return Fillers(len(answered), tuple(fillers), tuple(candidates))
