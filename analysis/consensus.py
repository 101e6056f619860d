"""Whether a group, or every group, reached consensus by a rule that was fixed beforehand.

Five short rules, long only for what their docstrings say: they are kept together so that a reader
can choose between them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.inputs import Counts, answered, frequencies, numbers
from analysis.statistic import NOT_A_NUMBER, Statistic, checked_share, withheld


@dataclass(frozen=True, kw_only=True)
class Consensus(Statistic):
    """The share on the agreeing side (``value``) against a threshold fixed beforehand.

    ``reached`` is None where nothing can be said; ``base`` is `n`, everyone counted in.
    """

    agreeing: float
    threshold: float
    reached: bool | None


@dataclass(frozen=True, kw_only=True)
class ConsensusAcrossGroups:
    """One `Consensus` for each group, and whether every group reached it.

    ``everywhere`` is None when no group says no and one cannot be judged.
    """

    groups: tuple[tuple[Any, Consensus], ...]
    everywhere: bool | None


@dataclass(frozen=True, kw_only=True)
class CometDecision(Statistic):
    """The share scoring critical (``value``), the share scoring not important, the decision.

    ``decision`` is "in", "out", "no consensus", or None where nothing can be said.
    """

    not_important: float
    decision: str | None


@dataclass(frozen=True, kw_only=True)
class GroupInformedConsensus(Statistic):
    """The product (``value``) and each group's smoothed share, in the order given."""

    by_group: tuple[tuple[Any, float], ...]


@dataclass(frozen=True, kw_only=True)
class ProportionTest(Statistic):
    """The smoothed share (``value``) and its distance from one half in standard errors, z."""

    z: float


def threshold_consensus(
    counts: Counts,
    *,
    agreeing: Sequence[Any] | None = None,
    threshold: float = 0.75,
    minimum: float = 0,
) -> Consensus:
    """Say whether enough of a group is on the agreeing side.

    Parameters
    ----------
    counts : mapping or sequence of numbers, one per category (K >= 2)
        In the order of the scale, from disagreeing to agreeing. Leave "don't know" out or in
        knowingly: it is in the base when it is among the counts.
    agreeing : sequence, optional
        The keys (of a mapping) or positions from 0 (of a sequence) that count as agreeing. When
        not given: the categories above the middle of the scale, a middle category excluded.
    threshold : float
        The share, fixed before opening, that makes consensus; met when equal.
    minimum : float
        Fewest answers on which a figure is given.

    Returns
    -------
    Consensus
        ``value`` is the share agreeing; ``reached`` True or False, or None with a reason.

    Raises
    ------
    ValueError
        An agreeing category that is not on the scale, a threshold outside (0, 1], bad counts.

    References
    ----------
    Diamond et al. (2014), Defining consensus, Journal of Clinical Epidemiology 67, 401-409.
    """
    if not 0 < threshold <= 1:
        raise ValueError(
            f"threshold is {threshold}; give a share above 0 and up to 1, such as 0.75"
        )
    bars = frequencies(counts)
    keys = list(counts) if isinstance(counts, Mapping) else list(range(len(bars)))
    side = keys[(len(keys) + 1) // 2 :] if agreeing is None else list(agreeing)
    for key in side:
        if key not in keys:
            raise ValueError(f"{key!r} is not one of the categories {keys}")
    n = float(bars.sum())
    chosen = math.fsum(bar for key, bar in zip(keys, bars.tolist(), strict=True) if key in side)
    reason = withheld(n, minimum) or ("nobody answered" if n == 0 else None)
    if reason:
        return Consensus(
            value=NOT_A_NUMBER,
            n=n,
            reason=reason,
            agreeing=NOT_A_NUMBER,
            threshold=threshold,
            reached=None,
        )
    share = chosen / n
    return Consensus(
        value=share, n=n, agreeing=chosen, threshold=threshold, reached=share >= threshold
    )


def consensus_across_groups(
    groups: Mapping[Any, Counts],
    *,
    agreeing: Sequence[Any] | None = None,
    threshold: float = 0.75,
    minimum: float = 0,
) -> ConsensusAcrossGroups:
    """Apply `threshold_consensus` to each group and say whether all of them reached it.

    Parameters
    ----------
    groups : mapping of group to counts
        Each group's counts, as for `threshold_consensus`.
    agreeing, threshold, minimum
        As for `threshold_consensus`.

    Returns
    -------
    ConsensusAcrossGroups
        ``everywhere`` is False as soon as one group did not reach it; None when none failed but
        one could not be judged, or when there is no group.

    References
    ----------
    Diamond et al. (2014), Journal of Clinical Epidemiology 67, 401-409.
    """
    results = tuple(
        (
            name,
            threshold_consensus(counts, agreeing=agreeing, threshold=threshold, minimum=minimum),
        )
        for name, counts in groups.items()
    )
    verdicts = [result.reached for _, result in results]
    everywhere: bool | None = True
    if False in verdicts:
        everywhere = False
    elif None in verdicts or not verdicts:
        everywhere = None
    return ConsensusAcrossGroups(groups=results, everywhere=everywhere)


def comet_consensus(
    scores: Counts,
    *,
    critical: tuple[float, float] = (7, 9),
    not_important: tuple[float, float] = (1, 3),
    at_least: float = 0.70,
    at_most: float = 0.15,
    minimum: float = 0,
) -> CometDecision:
    """Decide by the COMET rule whether an item is in, out, or without consensus.

    In: at least 70 % score it critical (7 to 9) and at most 15 % not important (1 to 3).
    Out: the same the other way round. Otherwise no consensus.

    Parameters
    ----------
    scores : sequence of numbers, or mapping of score to how many gave it
        On the scale from the lowest of `not_important` to the highest of `critical`. Missing
        scores are left out of the base.
    critical, not_important : (low, high)
        Both ends included.
    at_least, at_most : float
        Shares; met when equal.
    minimum : float
        Fewest scores on which a decision is given.

    Returns
    -------
    CometDecision
        ``value`` is the share scoring critical.

    Raises
    ------
    ValueError
        A score outside the scale ("unable to score" codes must be given as missing), or a share
        outside (0, 1).

    References
    ----------
    Williamson et al. (2017), The COMET Handbook: version 1.0, Trials 18 (Suppl 3), 280. Its text
    asks for *fewer* than 15 %; equality is accepted here, as in the consultation's own rule.
    """
    checked_share(at_least, "at_least")
    checked_share(at_most, "at_most")
    weights = _tally(scores)
    low, high = min(not_important[0], critical[0]), max(not_important[1], critical[1])
    for score in weights:
        if not low <= score <= high:
            raise ValueError(f"score {score:g} is not from {low:g} to {high:g}: give it as missing")
    n = math.fsum(weights.values())
    reason = withheld(n, minimum, "scores") or ("nobody scored" if n == 0 else None)
    if reason:
        return CometDecision(
            value=NOT_A_NUMBER, n=n, reason=reason, not_important=NOT_A_NUMBER, decision=None
        )
    top = _share(weights, critical, n)
    bottom = _share(weights, not_important, n)
    decision = "no consensus"
    if top >= at_least and bottom <= at_most:
        decision = "in"
    elif bottom >= at_least and top <= at_most:
        decision = "out"
    return CometDecision(value=top, n=n, not_important=bottom, decision=decision)


def group_informed_consensus(agree: Counts, seen: Counts) -> GroupInformedConsensus:
    """Multiply over groups the smoothed chance that a member agrees: (agree + 1) / (seen + 2).

    High only where *every* group tends to agree, whatever the groups' sizes.

    Parameters
    ----------
    agree, seen : mapping of group to count, or sequences of counts in the same order of groups
        How many agreed, and how many gave any answer (agree, disagree, pass). A group nobody of
        which answered counts one half, as its chance is unknown.

    Returns
    -------
    GroupInformedConsensus
        ``value`` in (0, 1); ``n`` is how many answered; ``nan`` and a reason without groups.

    Raises
    ------
    ValueError
        Groups that differ between `agree` and `seen`, a missing or negative count, or more
        agreeing than answering.
    TypeError
        One a mapping and the other a sequence.

    References
    ----------
    Small et al. (2021), Polis: scaling deliberation by mapping high dimensional opinion spaces,
    Recerca 26(2); the group-aware consensus of the Polis server.
    """
    names, yes, all_ = _by_group(agree, seen)
    if not names:
        return GroupInformedConsensus(
            value=NOT_A_NUMBER, n=0, reason="there are no groups", by_group=()
        )
    chances = [(a + 1) / (s + 2) for a, s in zip(yes, all_, strict=True)]
    return GroupInformedConsensus(
        value=math.prod(chances),
        n=math.fsum(all_),
        by_group=tuple(zip(names, chances, strict=True)),
    )


def proportion_test(successes: float, trials: float) -> ProportionTest:
    """Test a share against one half, with one success and one trial added.

    Parameters
    ----------
    successes, trials : float
        How many agreed (or disagreed), and how many answered.

    Returns
    -------
    ProportionTest
        ``value`` = (successes + 1) / (trials + 2); z = 2 sqrt(t) (s / t - 1/2) with s and t each
        one more than given. No trials give 0.5 and z = 1: read nothing from it.

    Raises
    ------
    ValueError
        Negative counts, or more successes than trials.

    References
    ----------
    The consensus statements of the Polis server ("p-success", "p-test").
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials}: give counts from 0 up to the trials")
    s, t = float(successes) + 1, float(trials) + 1
    return ProportionTest(value=s / (t + 1), n=trials, z=2 * math.sqrt(t) * (s / t - 0.5))


def _tally(scores: Counts) -> dict[float, float]:
    if isinstance(scores, Mapping):
        values, weights = answered(list(scores)), frequencies([0, *scores.values()])[1:]
        return dict(zip(values.tolist(), weights.tolist(), strict=True))
    tally: dict[float, float] = {}
    for score in answered(scores).tolist():
        tally[score] = tally.get(score, 0) + 1
    return tally


def _share(weights: Mapping[float, float], span: tuple[float, float], n: float) -> float:
    return math.fsum(count for score, count in weights.items() if span[0] <= score <= span[1]) / n


def _by_group(agree: Counts, seen: Counts) -> tuple[list[Any], list[float], list[float]]:
    if isinstance(agree, Mapping) and isinstance(seen, Mapping):
        if set(agree) != set(seen):
            raise ValueError("agree and seen name different groups: give both for each group")
        names: list[Any] = list(agree)
        agree, seen = list(agree.values()), [seen[name] for name in names]
    elif isinstance(agree, Mapping) or isinstance(seen, Mapping):
        raise TypeError("give agree and seen in the same form: both mappings or both sequences")
    else:
        names = list(range(1, len(agree) + 1))
    yes, all_ = numbers(agree).tolist(), numbers(seen).tolist()
    if len(yes) != len(all_):
        raise ValueError(f"agree has {len(yes)} groups and seen has {len(all_)}")
    if any(not 0 <= a <= s for a, s in zip(yes, all_, strict=True)):
        raise ValueError("a group has a missing or negative count, or more agreeing than answering")
    return names, yes, all_
