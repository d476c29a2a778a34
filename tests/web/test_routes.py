"""The route table of the pages, as a literal: a change of an address is seen in the diff."""

from app import app

PAGES = """
GET  /
GET  /cart
GET  /cart/contracts
GET  /cart/xlsx
GET  /catalogue
GET  /categories
GET  /checkout
GET  /desk
GET  /documents
GET  /documents/{document_id}/file
GET  /drafts
GET  /exchange-journal
GET  /exchange-journal/{run_id}
GET  /exchange-journal/{run_id}/payload
GET  /exchange-journal/{run_id}/problems
GET  /exchange-nodes
GET  /exchange-nodes/{login}
GET  /exchange-proposals
GET  /feeds/{name}
GET  /finance/documents
GET  /forgotten-password
GET  /invite/{invite}
GET  /items/{item_id}
GET  /manager-photo
GET  /news
GET  /notifications
GET  /notifications/settings
GET  /orders
GET  /orders/xlsx
GET  /orders/{number}
GET  /orders/{number}/edit
GET  /orders/{number}/repeat
GET  /pictures/{name}
GET  /price-lists
GET  /price-lists/{list_id}/file
GET  /profile
GET  /quick-order
GET  /quick-order-template
GET  /quick-order/{order_id}
GET  /quick-order/{order_id}/errors
GET  /quotation
GET  /quotation/logo
GET  /restrictions
GET  /search
GET  /sign-in
GET  /start
GET  /static/{name}
GET  /stock
GET  /templates
GET  /templates/{template_id}
GET  /vehicles
GET  /{proxy+}
POST /arrivals
POST /cart
POST /cart/add
POST /cart/lines
POST /cart/put
POST /categories
POST /categories/place
POST /categories/remove
POST /checkout
POST /choose
POST /drafts
POST /drafts/{cart_id}
POST /exchange-aside
POST /exchange-journal/{run_id}/check
POST /exchange-journal/{run_id}/retry
POST /exchange-journal/{run_id}/skip
POST /exchange-nodes/{login}
POST /exchange-proposals/accept
POST /exchange-proposals/decline
POST /exchange-queues/{queue}/replay
POST /forgotten-password
POST /invite/{invite}
POST /language
POST /news/{news_id}/read
POST /notifications/open
POST /notifications/read
POST /notifications/settings
POST /notifications/telegram
POST /orders/columns
POST /orders/views
POST /orders/views/{view_id}/delete
POST /orders/{number}/answer
POST /orders/{number}/cancel
POST /orders/{number}/confirm
POST /orders/{number}/decline
POST /orders/{number}/edit
POST /orders/{number}/messages
POST /orders/{number}/moderate
POST /orders/{number}/own
POST /orders/{number}/request
POST /orders/{number}/request/withdraw
POST /orders/{number}/ship
POST /price-lists
POST /price-lists/{list_id}
POST /quick-order
POST /quick-order/row
POST /quick-order/{order_id}
POST /quotation
POST /quotation/logo
POST /restrictions
POST /restrictions/end
POST /sign-in
POST /sign-out
POST /templates
POST /templates/{template_id}
POST /vehicles
"""


def test_pages_stand_at_their_addresses() -> None:
    pairs = [(method, path) for path, methods in app.routes.items() for method in methods]
    ours = [f"{method:<4} {path}" for method, path in pairs if not path.startswith(("/exchange/", "/bitrix/"))]
    assert sorted(ours) == PAGES.strip().splitlines()
