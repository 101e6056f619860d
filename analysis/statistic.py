"""What every statistic carries: its value, how many answers it rests on, and why it has none."""

import math
from dataclasses import dataclass

NOT_A_NUMBER = math.nan


@dataclass(frozen=True, kw_only=True)
class Statistic:
    """One figure, fit to be printed or to be left out with a reason.

    Attributes
    ----------
    value : float
        The figure; ``nan`` where it cannot be given.
    n : float
        How many answers it rests on (a fraction only where the counts were weighted).
    reason : str or None
        Why ``value`` is ``nan``, or what to know when reading it; None where there is nothing to
        say.
    """

    value: float
    n: float
    reason: str | None = None

    def __float__(self) -> float:
        return float(self.value)


def withheld(n: float, minimum: float, what: str = "answers") -> str | None:
    """Return why a figure on `n` answers is kept back, or None when it may be given.

    Parameters
    ----------
    n : float
        How many answers there are.
    minimum : float
        The fewest on which a figure is given; 0 never withholds.
    what : str
        What is counted, in the plural.

    Raises
    ------
    ValueError
        When `minimum` is negative.
    """
    if minimum < 0:
        raise ValueError(f"minimum is {minimum}; give 0 to withhold nothing, or a positive number")
    if n < minimum:
        # How few there are is not said: the sentence may be printed, the number must not.
        return f"withheld: fewer than {minimum:g} {what}"
    return None


def checked_share(value: float, name: str) -> float:
    """Return `value` when it lies strictly between 0 and 1, as a confidence or an alpha must."""
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}; give a share between 0 and 1, such as 0.95 or 0.05")
    return float(value)
