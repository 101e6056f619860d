"""The manifest of an export folder."""

import pytest
from pydantic import ValidationError

from forms.manifest import Accounting, ConsultationFacts, Manifest


def test_an_account_with_a_response_lost_is_refused():
    with pytest.raises(ValidationError, match="120 received is not 114 included plus 5 removed"):
        Accounting(received=120, included=114, removed={"withdrawn": 5})


def test_an_account_with_fewer_than_none_removed_is_refused():
    with pytest.raises(ValidationError, match="below zero"):
        Accounting(received=10, included=11, removed={"withdrawn": -1})


def test_a_manifest_survives_being_written_and_read():
    manifest = Manifest(
        consultation=ConsultationFacts(key="made_up", title="Made up"),
        accounting=Accounting(received=3, included=2, removed={"held": 1}, drafts=4),
    )
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
    assert manifest.accounting.removed_total == 1


def test_a_misspelt_key_is_an_error():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Accounting.model_validate({"received": 0, "included": 0, "removd": {}})
