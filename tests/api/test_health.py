from flask.testing import FlaskClient


def test_the_process_says_that_it_lives_and_can_work(client: FlaskClient) -> None:
    assert client.get("/api/v1/healthz").json == {"status": "ok"}
    assert client.get("/api/v1/readyz").json == {"status": "ok"}


def test_an_unknown_address_is_a_problem_in_the_language_asked_for(client: FlaskClient) -> None:
    chinese = client.get("/api/v1/nothing")
    english = client.get("/api/v1/nothing", headers={"Accept-Language": "en"})
    assert (chinese.status_code, chinese.content_type) == (404, "application/problem+json")
    assert chinese.json is not None
    assert english.json is not None
    assert (chinese.json["code"], chinese.json["title"][:2]) == ("not_found", "没有")
    assert english.json["title"].startswith("There is no such record")


def test_the_document_names_every_refusal(client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    assert "503" in document["paths"]["/api/v1/readyz"]["get"]["responses"]


def test_the_bare_address_shows_the_way_to_the_documentation(client: FlaskClient) -> None:
    answer = client.get("/", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, "/api/v1/docs")
