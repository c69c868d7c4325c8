"""pvRequests made of options."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from aiopvxs.client._request import make_request


def test_everything_by_default() -> None:
    assert make_request() is make_request()
    assert make_request().value.as_dict() == {"field": {}}


def test_fields_by_text_or_iterable() -> None:
    expected: dict[str, object] = {"field": {"value": {}, "alarm": {"severity": {}}}}
    assert make_request(fields="value, alarm.severity").value.as_dict() == expected
    assert make_request(fields=["value", "alarm.severity"]).value.as_dict() == expected


def test_options_are_strings() -> None:
    value = make_request(process=True, wait=True).value
    assert value.as_dict()["record"] == {"_options": {"process": "true", "block": "true"}}
    assert make_request(process="passive").value.as_string("record._options.process") == "passive"
    assert make_request(wait=False).value.as_string("record._options.block") == "false"


def test_expression() -> None:
    value = make_request(request="field(value)record[queueSize=4]").value
    assert value.as_dict() == {"field": {"value": {}}, "record": {"_options": {"queueSize": "4"}}}


@pytest.mark.parametrize("options", [{"fields": "value"}, {"process": True}, {"wait": True}])
def test_expression_excludes_options(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="request= is a whole pvRequest"):
        make_request(request="field()", **options)  # type: ignore[arg-type]


def test_malformed() -> None:
    with pytest.raises(ValueError, match="'field\\(value' is malformed"):
        make_request(request="field(value")
    with pytest.raises(ValueError, match="'a b' is no field name"):
        make_request(fields="a b")
    with pytest.raises(ValueError, match="'' is no field name"):
        make_request(fields="")
    with pytest.raises(ValueError, match="process is 'often'"):
        make_request(process="often")
    with pytest.raises(ValueError, match="is malformed"):
        make_request(request="\udcff")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"fields": 5}, "fields is 5: give field names"),
        ({"fields": b"value"}, "fields is b'value'"),
        ({"fields": []}, "fields is \\[\\]: .* or None for all"),
        ({"fields": ["value", None]}, "None is no field name"),
        ({"request": 5}, "request is 5: it has to be a pvRequest expression"),
        ({"request": b"field()"}, "request is b'field"),
        ({"process": 1}, "process is 1: it may be True, False or 'passive'"),
        ({"process": np.array([True, False])}, "process is array"),
        ({"wait": "false"}, "wait is 'false': it may be True or False"),
        ({"wait": []}, "wait is"),
    ],
)
def test_what_is_of_a_wrong_kind(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        make_request(**options)


def test_bools_of_numpy() -> None:
    assert make_request(wait=np.bool_(True)) is make_request(wait=True)  # type: ignore[arg-type]
    assert make_request(process=np.bool_(False)) is make_request(process=False)  # type: ignore[arg-type]
