"""Новости: лента для дилера с отметкой о прочтении; у поставщика она же с тем, кто прочёл."""

from chalice import Blueprint

from chalicelib.usecases import news
from chalicelib.web.answer import Answer
from chalicelib.web.http import get, post
from chalicelib.web.visit import Visit

routes = Blueprint(__name__)


@get(routes, "/news")
def news_list(visit: Visit) -> Answer:
    now = visit.runtime
    if visit.visitor.account is None:
        return visit.page("news/news.html", entries=news.all_news(now.news, visitor=visit.visitor), of_all=True)
    return visit.page("news/news.html", entries=news.own_news(now.news, now.clock, visitor=visit.visitor), of_all=False)


@post(routes, "/news/{news_id}/read", needs="news.view")
def news_read(visit: Visit, news_id: str) -> Answer:
    news.mark_read(visit.runtime.news, visit.runtime.clock, visitor=visit.visitor, news_id=news_id)
    return visit.go("/news", "read")
