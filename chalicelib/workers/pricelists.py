"""Queue `pricelists`: a dealer wants his price list made, or made anew."""

from chalice import Blueprint

from chalicelib.domain.partners.partners import PartnerScope
from chalicelib.runtime import Runtime
from chalicelib.workers.worker import Work, logger, queue_worker

routes = Blueprint(__name__)


@queue_worker(routes, "pricelists")
def price_list(runtime: Runtime, work: Work) -> None:
    """Message: {"partner": its id, "list": id of the price list}."""
    from chalicelib.formats.price_lists import TYPES, write_price_list
    from chalicelib.usecases.catalogue.price_lists import make

    one = runtime.price_lists.one(PartnerScope(work.message["partner"]), work.message["list"])
    made = make(
        runtime.price_lists,
        runtime.index,
        runtime.offers,
        runtime.files,
        write_price_list,
        TYPES,
        runtime.clock,
        runtime.buyer,
        one=one,
        public_url=runtime.settings.public_url,
    )
    logger.info("price list %s: %s rows", made.id, made.file.rows if made.file else 0)
