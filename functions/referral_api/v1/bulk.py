"""Many links at once: import and export."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from referral_api.v1.bulk_fields import BulkAnswer, BulkRequest, FormQuery, bulk_answer
from referral_api.v1.link_fields import Site
from referral_api.v1.links import code_of
from referral_api.v1.routes import Routes
from usher.ids import UserId
from usher.referrals.bulk_commands import Form
from usher.referrals.bulk_desk import BulkDesk
from usher.referrals.bulk_form import as_csv, as_json
from usher.referrals.keys import Scope
from usher.referrals.model import LinkCode

_KINDS = {Form.CSV: "text/csv; charset=utf-8", Form.JSON: "application/json"}


def bulk_routes(router: APIGatewayHttpRouter, desk: BulkDesk, site: Site) -> None:
    """Declare the routes."""
    routes = Routes(router, "Links")

    @routes.declare(
        "POST",
        "/links/bulk",
        Scope.LINKS_WRITE,
        "Make many links",
        409,
        told="What became of every row",
    )
    def create_links(asked: BulkRequest) -> BulkAnswer:
        caller = routes.caller
        key = caller.key
        by = key.owner_id or (UserId(key.created_by) if key.created_by.isdigit() else None)

        def code_for(row: int, /) -> LinkCode:
            return LinkCode(code_of(f"{caller.seed}:{row}"))

        ground = desk.ground(
            key.guild_id,
            asked.links,
            by,
            f"api:{caller.seed}",
            code_for,
            only=key.owner_id is not None,
        )
        done = desk.bulk.run(asked.links, ground, atomic=asked.atomic, dry=asked.dry_run)
        return bulk_answer(done, dry=asked.dry_run)

    @routes.declare(
        "GET",
        "/links/export",
        Scope.LINKS_READ,
        "Read all links as a file that `bulk` takes again",
        told="The file",
        content={
            "text/csv": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "object"}},
        },
    )
    def export_links(form: FormQuery = Form.CSV) -> Response[str]:
        key, table = routes.caller.key, desk.bulk.table
        links = [one for one in table.links(key.guild_id) if key.owner_id in (None, one.owner_id)]
        write = as_csv if form is Form.CSV else as_json
        content = write(links, table.campaigns(key.guild_id), site.referral_base())
        headers: dict[str, str | list[str]] = {
            "Content-Disposition": f'attachment; filename="referral_links.{form.value}"'
        }
        return Response(200, _KINDS[form], content.decode(), headers=headers)
