"""Who may do what. Routes name the act; this table says which roles may do it."""

ROLES = {
    "owner": "Runs the consultation: the team, the settings and all else but held words.",
    "editor": "Prepares consultations, invitations and what is published.",
    "analyst": "Reads responses, sees results, exports without identities.",
    "coder": "Reads and codes open answers. Does not see who wrote them.",
    "safeguarding": "Looks at what was held, redacts, releases, records reports to a hotline.",
    "reader": "Sees progress and results, never a single response.",
}

ACTS = {
    "see": (
        "See the list of consultations and how a consultation is going",
        ("owner", "editor", "analyst", "coder", "safeguarding", "reader"),
    ),
    "results": ("See results", ("owner", "editor", "analyst", "reader")),
    "prepare": (
        "Create, preview, open, extend and close a consultation, and change its wording",
        ("owner", "editor"),
    ),
    "upload": ("Upload a questionnaire file", ("owner",)),
    "invite": ("Invite respondents, remind them, revoke an invitation", ("owner", "editor")),
    "read": ("Read and search responses", ("owner", "analyst")),
    "leave_out": ("Leave a response out of the results, or count it again", ("owner",)),
    "enter": ("Enter and import responses from paper, mail or a spreadsheet", ("owner", "editor")),
    "safeguard": ("See, redact and release held responses", ("safeguarding",)),
    "code": ("Code open answers", ("owner", "analyst", "coder")),
    "frame": ("Change coding frames and settle disagreements", ("owner", "analyst")),
    "publish": ("Write and publish the page of results", ("owner", "editor")),
    "export": ("Export without identities", ("owner", "analyst")),
    "export_full": ("Export with identities", ("owner",)),
    "export_public": ("Export what may be published", ("owner", "editor", "analyst")),
    "team": ("Invite colleagues, change their roles, end their sessions", ("owner",)),
    "audit": ("Read the audit trail", ("owner",)),
    "retain": ("Set and run retention", ("owner",)),
}


def who(act: str) -> tuple[str, ...]:
    """The roles that may do an act."""
    return ACTS[act][1]


def may(roles: list[str] | tuple[str, ...], act: str) -> bool:
    """Whether somebody with these roles may do an act."""
    return any(role in who(act) for role in roles)
