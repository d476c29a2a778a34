"""What the timeline says where an axis of an order has moved: msgids."""

from chalicelib.domain.orders.moderation import Decision
from chalicelib.domain.orders.order_requests import RequestKind
from chalicelib.domain.orders.orders import Approval, Fulfilment, Payment


def approval_text(approval: Approval) -> str:
    match approval:
        case Approval.CONFIRMED:
            return "Заказ подтверждён поставщиком, № в 1С: %(number)s"
        case Approval.CANCELLED:
            return "Заказ отменён поставщиком"
        case Approval.REJECTED:
            return "Заказ отклонён поставщиком"
    return "Поставщик обновил заказ"


def fulfilment_text(fulfilment: Fulfilment) -> str:
    match fulfilment:
        case Fulfilment.AWAITING_SUPPLY:
            return "Заказ ожидает поставки"
        case Fulfilment.IN_PRODUCTION:
            return "Заказ в производстве"
        case Fulfilment.READY:
            return "Заказ готов к отгрузке"
        case Fulfilment.PARTIALLY_SHIPPED:
            return "Заказ отгружен частично"
        case Fulfilment.SHIPPED:
            return "Заказ отгружен"
        case Fulfilment.IN_TRANSIT:
            return "Заказ в доставке"
        case Fulfilment.DELIVERED:
            return "Заказ доставлен"
        case Fulfilment.COMPLETED:
            return "Заказ выполнен"
    return "Поставщик обновил заказ"


def payment_text(payment: Payment) -> str:
    match payment:
        case Payment.UNPAID:
            return "Оплата заказа отменена"
        case Payment.PARTIALLY_PAID:
            return "Поступила частичная оплата"
        case Payment.PAID:
            return "Заказ оплачен"
        case Payment.OVERPAID:
            return "Оплачено больше суммы заказа"
    return "Поставщик обновил заказ"


def decision_text(decision: Decision, comment: str) -> str:
    match decision:
        case Decision.CONFIRM:
            if comment:
                return "Менеджер подтвердил заказ: %(comment)s"
            return "Менеджер подтвердил заказ"
        case Decision.HOLD:
            return "Менеджер взял заказ на проверку: %(comment)s"
        case Decision.ASK:
            return "Менеджер просит вас подтвердить заказ: %(comment)s"
        case Decision.REJECT:
            return "Менеджер отклонил заказ: %(comment)s"


def request_text(kind: RequestKind, comment: str) -> str:
    match kind, bool(comment):
        case RequestKind.CANCEL, True:
            return "Дилер просит отменить заказ: %(comment)s"
        case RequestKind.CANCEL, False:
            return "Дилер просит отменить заказ"
        case _, True:
            return "Дилер просит изменить заказ: %(comment)s"
    return "Дилер просит изменить заказ"


def verdict_text(grant: bool, comment: str) -> str:
    if not grant:
        return "Менеджер отклонил запрос дилера: %(comment)s"
    if comment:
        return "Менеджер принял запрос дилера: %(comment)s"
    return "Менеджер принял запрос дилера"
