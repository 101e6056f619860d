"""Made-up responses through the real services, so that an organiser sees a full report first.

Everything is marked synthetic: the consultation, its drafts, its responses and its exports.
"""

from app.services.demonstration.sending import Plan, follow, make_plans, run

__all__ = ["Plan", "follow", "make_plans", "run"]
