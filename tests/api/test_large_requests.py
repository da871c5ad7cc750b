"""What comes from strangers costs little, however large it is made."""

import json

from flask.testing import FlaskClient

from server.http.bodies import LONGEST_JSON
from server.http.validation import ERRORS_AT_MOST


def test_json_beyond_any_forms_length_is_not_read(client: FlaskClient) -> None:
    longest = json.dumps({"login": "x" * LONGEST_JSON})
    answer = client.post("/api/v1/sessions", data=longest, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "body_too_large")


def test_an_answer_does_not_list_every_field_that_was_made_up(client: FlaskClient) -> None:
    made_up = {f"k{number}": 1 for number in range(5000)}
    answer = client.post("/api/v1/sessions", json=made_up)
    assert (answer.status_code, answer.json["code"]) == (422, "fields_invalid")
    assert len(answer.json["errors"]) == ERRORS_AT_MOST
