"""`linli api-spec`: write or check mobile_api_spec/openapi.json, the contract with tablets and other clients."""

import json
from pathlib import Path

import click

from server.app import create_document

PAGE = Path(__file__).resolve().parents[2] / "mobile_api_spec" / "openapi.json"


@click.command("api-spec")
@click.option("--check", is_flag=True, help="Change nothing; fail when the document is behind the routes.")
def api_spec(*, check: bool) -> None:
    """Write mobile_api_spec/openapi.json from the routes. Needs no database and no keys."""
    document = json.dumps(create_document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if not check:
        PAGE.write_text(document, "utf-8")
    elif not PAGE.is_file() or PAGE.read_text("utf-8") != document:
        raise click.ClickException("mobile_api_spec/openapi.json is behind the routes: run linli api-spec")
